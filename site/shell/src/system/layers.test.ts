import { beforeEach, describe, expect, it } from 'vitest';
import { LayerHistory, searchOf } from './layers';

type Entry = { url: string; depth: number };

/** A browser tab: entries, the current one, and `go` that ends later, as in browsers. */
class Tab {
  entries: Entry[] = [{ url: '/o/ada/home', depth: 0 }];
  at = 0;
  onPop = () => {};
  pending: (() => void)[] = [];
  get current(): Entry {
    return this.entries[this.at] as Entry;
  }
  port = {
    path: () => this.current.url.split('?')[0] ?? '',
    search: () => this.current.url.slice((this.current.url.split('?')[0] ?? '').length),
    depth: () => this.current.depth,
    push: (url: string, depth: number) => {
      this.entries = [...this.entries.slice(0, this.at + 1), { url, depth }];
      this.at += 1;
    },
    replace: (url: string, depth: number) => {
      this.entries[this.at] = { url, depth };
    },
    go: (by: number) => {
      this.pending.push(() => {
        this.at += by;
        this.onPop();
      });
    },
  };
  settle() {
    for (let next = this.pending.shift(); next; next = this.pending.shift()) next();
  }
  press(by: number) {
    this.port.go(by);
    this.settle();
  }
}

let tab: Tab;
let open: string[];
let layers: LayerHistory;

const start = () => {
  layers = new LayerHistory(tab.port, {
    covers: (path) => path.startsWith('/o/ada/'),
    list: () => open.map((name) => ({ address: name === 'confirm' ? null : [['window', name]] })),
    close: (count) => {
      open = open.slice(0, Math.max(0, open.length - count));
    },
    restore: (search) => {
      for (const name of new URLSearchParams(search).getAll('window')) {
        if (!open.includes(name)) open.push(name);
      }
    },
  });
  tab.onPop = () => layers.popped();
  layers.start();
};

const set = (...names: string[]) => {
  open = names;
  layers.sync();
  tab.settle();
};

beforeEach(() => {
  tab = new Tab();
  open = [];
});

it('the address names every layer, from back to front', () => {
  expect(searchOf([])).toBe('');
  const dialog = { address: [['dialog', 'edit-item'] as const, ['item', 'itm_1'] as const] };
  expect(searchOf([{ address: [['window', 'events']] }, { address: null }, dialog])).toBe(
    '?window=events&dialog=edit-item&item=itm_1',
  );
});

describe('Back', () => {
  beforeEach(start);

  it('closes one layer at a time and then leaves', () => {
    tab.entries.unshift({ url: 'https://elsewhere.example/', depth: 0 });
    tab.at = 1;
    set('events');
    set('events', 'members');
    expect(tab.current.url).toBe('/o/ada/home?window=events&window=members');
    tab.press(-1);
    expect(open).toEqual(['events']);
    tab.press(-1);
    expect(open).toEqual([]);
    expect(tab.current.url).toBe('/o/ada/home');
    expect(tab.at).toBe(1);
  });

  it('closes the front layer even when another one opened last', () => {
    set('events');
    set('events', 'members');
    set('members', 'events');
    tab.press(-1);
    expect(open).toEqual(['members']);
    expect(tab.current.url).toBe('/o/ada/home?window=members');
  });

  it('a jump over two entries closes two layers', () => {
    set('a', 'b', 'c');
    tab.press(-2);
    expect(open).toEqual(['a']);
  });

  it('Forward opens a layer again', () => {
    set('events');
    tab.press(-1);
    tab.press(1);
    expect(open).toEqual(['events']);
  });

  it('a layer without an address is not opened again', () => {
    set('confirm');
    tab.press(-1);
    tab.press(1);
    expect(open).toEqual([]);
    expect(tab.at).toBe(0);
  });
});

describe('closing by other means', () => {
  beforeEach(start);

  it('takes its history entry away', () => {
    set('events');
    set();
    expect(tab.at).toBe(0);
    expect(tab.current.url).toBe('/o/ada/home');
  });

  it('a layer behind the front one leaves the front one open', () => {
    set('events');
    set('events', 'members');
    set('members');
    expect(tab.at).toBe(1);
    expect(tab.current.url).toBe('/o/ada/home?window=members');
    tab.press(-1);
    expect(open).toEqual([]);
  });

  it('closing and opening at once leaves one entry', () => {
    set('publish');
    open = [];
    layers.sync();
    open = ['domains'];
    layers.sync();
    tab.settle();
    expect(tab.current.url).toBe('/o/ada/home?window=domains');
    expect(tab.at).toBe(1);
  });
});

describe('routes', () => {
  beforeEach(start);

  it('windows are closed before the space changes back', () => {
    set('events');
    tab.port.push('/o/ada/work', 0);
    layers.navigated();
    expect(tab.current.url).toBe('/o/ada/work?window=events');
    tab.press(-1);
    expect(open).toEqual([]);
    expect(tab.current.url).toBe('/o/ada/work');
  });

  it('entries of layers that are closed are skipped on the way back', () => {
    set('events');
    tab.port.push('/o/ada/work', 0);
    layers.navigated();
    set();
    tab.press(-1);
    expect(tab.current.url).toBe('/o/ada/home');
    expect(tab.at).toBe(0);
  });

  for (const url of ['/sign-in?return_to=%2F', '/o/other/home']) {
    it(`${url} is left alone while windows are still open`, () => {
      set('events');
      tab.port.replace(url, 0);
      layers.navigated();
      layers.sync();
      tab.settle();
      expect(tab.current.url).toBe(url);
      tab.port.push('/o/ada/home', 0);
      tab.press(-1);
      expect(tab.current.url).toBe(url);
      expect(open).toEqual(['events']);
    });
  }

  it('a dialog that leads elsewhere leaves no entry of itself', () => {
    set('new-space');
    open = [];
    tab.port.replace('/o/ada/work', 0);
    layers.navigated();
    tab.settle();
    tab.press(-1);
    expect(tab.current).toEqual({ url: '/o/ada/home', depth: 0 });
    expect(open).toEqual([]);
  });
});

describe('an address', () => {
  it('opens what it names, with the desktop behind', () => {
    tab.entries = [{ url: '/o/ada/home?window=events&window=members', depth: 0 }];
    start();
    expect(open).toEqual(['events', 'members']);
    tab.press(-1);
    tab.press(-1);
    expect(tab.current.url).toBe('/o/ada/home');
  });

  it('is the same after a reload, without new entries', () => {
    start();
    set('events');
    open = [];
    start();
    expect(open).toEqual(['events']);
    expect(tab.entries).toHaveLength(2);
  });

  it('an unknown name is removed from the address', () => {
    tab.entries = [{ url: '/o/ada/home?dialog=nothing', depth: 0 }];
    start();
    expect(tab.current.url).toBe('/o/ada/home');
  });
});

describe('windows that were there before', () => {
  const startWith = (names: string[], restored: Set<string>, base: [string, string][] = []) => {
    open = names;
    layers = new LayerHistory(tab.port, {
      covers: (path) => path.startsWith('/o/ada/'),
      list: () =>
        open.map((name) => ({ address: [['window', name]], restored: restored.has(name) })),
      base: () => base,
      close: (count) => {
        for (let left = count; left > 0; left -= 1)
          open = open.filter((name) => name !== open.findLast((one) => !restored.has(one)));
      },
      restore: () => {},
      claim: (count) => {
        for (const name of open.slice(open.length - count)) restored.delete(name);
      },
    });
    tab.onPop = () => layers.popped();
    layers.start();
  };

  it('are named by the address and have no entries', () => {
    startWith(['a', 'b'], new Set(['a', 'b']));
    expect(tab.entries).toEqual([{ url: '/o/ada/home?window=a&window=b', depth: 0 }]);
  });

  it('stay when Back closes what was opened on top of them', () => {
    startWith(['a'], new Set(['a']));
    set('a', 'b');
    expect(tab.current).toEqual({ url: '/o/ada/home?window=a&window=b', depth: 1 });
    tab.press(-1);
    expect(open).toEqual(['a']);
    expect(tab.current).toEqual({ url: '/o/ada/home?window=a', depth: 0 });
  });

  it('have their entries again after a reload', () => {
    tab.entries = [
      { url: '/o/ada/home?window=a', depth: 0 },
      { url: '/o/ada/home?window=a&window=b', depth: 1 },
    ];
    tab.at = 1;
    startWith(['a', 'b'], new Set(['a', 'b']));
    expect(tab.current.depth).toBe(1);
    tab.press(-1);
    expect(open).toEqual(['a']);
  });

  it('the desktop comes first in the address', () => {
    startWith(['a'], new Set(['a']), [['desktop', 'wks_1']]);
    expect(tab.current.url).toBe('/o/ada/home?desktop=wks_1&window=a');
  });
});

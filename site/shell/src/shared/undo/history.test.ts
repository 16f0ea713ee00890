import type { Item, Space } from '@prox/api-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type FullPlace, moved, neighbours, placeOf, without } from '@/shared/data/order';
import type { Arrangement, Change, Fields, LayoutChange, SpaceFields } from './changes';
import {
  History,
  type ItemPort,
  inverse,
  type LayoutPort,
  Overtaken,
  type SpacePort,
} from './history';
import { Timeline } from './timeline';
import { wordsOf } from './words';

const item = (id: string, more: Partial<Item> = {}): Item =>
  ({ id, title: id, kind: 'link', folder_id: null, version: 1, size: 'icon', ...more }) as Item;

/** Items in memory, with the ids that the server gives. */
class Fake implements ItemPort {
  all: readonly Item[] = [];
  #made = 0;
  refusal: Error | null = null;

  items = () => this.all;

  #gate() {
    if (this.refusal) throw this.refusal;
  }

  create = async (source: Item, place: FullPlace) => {
    this.#gate();
    this.#made += 1;
    const made = { ...source, id: `${source.title}-${this.#made}`, folder_id: null };
    this.all = moved([...this.all, made], made.id, place);
    return made;
  };

  remove = async (id: string) => {
    this.#gate();
    this.all = without(this.all, id);
  };

  move = async (id: string, place: FullPlace) => {
    this.#gate();
    this.all = moved(this.all, id, place);
  };

  edit = async (id: string, version: number, fields: Fields) => {
    this.#gate();
    this.all = this.all.map((one) =>
      one.id === id ? ({ ...one, ...fields, version: version + 1 } as Item) : one,
    );
  };

  /** The order in words: `a, F[b, c]`. */
  get words(): string {
    return neighbours(this.all, null)
      .map((one) => {
        const inside = neighbours(this.all, one.id).map(({ title }) => title);
        return one.kind === 'folder' ? `${one.title}[${inside.join(' ')}]` : one.title;
      })
      .join(' ');
  }
}

let now = 0;
let port: Fake;
let timeline: Timeline;
let history: History;

const SPACE = 'spc_1';
const nothing = () => Promise.reject(new Error('not expected'));
/** What the tests of items leave out. */
const NO_SPACES: SpacePort = { read: nothing, edit: nothing };
const NO_LAYOUT: LayoutPort = { present: () => ({}), arrange: nothing };

const undo = (certain?: Change) =>
  history.undo({ items: port, spaces: NO_SPACES, layout: NO_LAYOUT }, [SPACE], certain);
const redo = () => history.redo({ items: port, spaces: NO_SPACES, layout: NO_LAYOUT }, [SPACE]);
const canUndo = () => timeline.last([SPACE]) !== null;
const canRedo = () => timeline.next([SPACE]) !== null;

beforeEach(() => {
  now = 0;
  port = new Fake();
  port.all = [
    item('a'),
    item('b'),
    item('F', { kind: 'folder' }),
    item('x', { folder_id: 'F' }),
    item('y', { folder_id: 'F' }),
  ];
  timeline = new Timeline(() => now);
  history = new History(timeline);
});

const get = (id: string) => port.all.find((one) => one.id === id || one.title === id) as Item;

/** What a person does: each is made and remembered. */
const doMove = async (id: string, place: FullPlace) => {
  const one = get(id);
  const change: Change = {
    kind: 'move',
    id: one.id,
    title: id,
    from: placeOf(port.all, one),
    to: place,
  };
  await port.move(one.id, place);
  timeline.add(SPACE, change);
  now += 5_000;
  return change;
};

const doDelete = async (id: string) => {
  const one = get(id);
  const inside = neighbours(port.all, one.id).map((other) => other.id);
  const change: Change = { kind: 'delete', item: one, place: placeOf(port.all, one), inside };
  await port.remove(one.id);
  timeline.add(SPACE, change);
  now += 5_000;
  return change;
};

const doEdit = async (id: string, to: Fields) => {
  const one = get(id);
  const from = Object.fromEntries(
    Object.keys(to).map((name) => [name, one[name as keyof Item]]),
  ) as Fields;
  await port.edit(one.id, one.version, to);
  timeline.add(SPACE, { kind: 'edit', id: one.id, title: one.title, from, to });
  now += 5_000;
};

describe('each kind of change is undone and redone', () => {
  it('a move', async () => {
    await doMove('a', { folder_id: 'F', after: 'x' });
    expect(port.words).toBe('b F[x a y]');
    await undo();
    expect(port.words).toBe('a b F[x y]');
    await redo();
    expect(port.words).toBe('b F[x a y]');
  });

  it('an edit', async () => {
    await doEdit('a', { size: 'wide' });
    await undo();
    expect(get('a').size).toBe('icon');
    await redo();
    expect(get('a').size).toBe('wide');
  });

  it('a deletion, at its place', async () => {
    await doDelete('a');
    expect(port.words).toBe('b F[x y]');
    await undo();
    expect(port.words).toBe('a b F[x y]');
    await redo();
    expect(port.words).toBe('b F[x y]');
  });

  it('a deletion of a folder, with what was in it', async () => {
    await doDelete('F');
    expect(port.words).toBe('a b x y');
    await undo();
    expect(port.words).toBe('a b F[x y]');
  });

  it('an addition', async () => {
    const made = await port.create(item('new'), { folder_id: null, after: 'a' });
    timeline.add(SPACE, { kind: 'create', item: made, place: placeOf(port.all, made), inside: [] });
    expect(port.words).toBe('a new b F[x y]');
    await undo();
    expect(port.words).toBe('a b F[x y]');
    await redo();
    expect(port.words).toBe('a new b F[x y]');
  });
});

it('many changes are undone to the start, and redone to the end', async () => {
  const words = [port.words];
  const step = async (run: Promise<unknown>) => {
    await run;
    words.push(port.words);
  };
  await step(doMove('b', { folder_id: 'F', after: null }));
  await step(doDelete('a'));
  await step(doEdit('x', { title: 'z' }));
  await step(doMove('y', { folder_id: null, after: null }));
  await step(doDelete('F'));
  for (const expected of words.slice(0, -1).toReversed()) {
    await undo();
    expect(port.words).toBe(expected);
  }
  expect(canUndo()).toBe(false);
  expect(await undo()).toBeNull();
  for (const expected of words.slice(1)) {
    await redo();
    expect(port.words).toBe(expected);
  }
  expect(canRedo()).toBe(false);
});

it('an item that was made again is meant by the changes before', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  await doDelete('a');
  await undo();
  expect(port.words).toBe('b F[a x y]');
  await undo();
  expect(port.words).toBe('a b F[x y]');
});

it('a new change ends the redo', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  await undo();
  await doDelete('b');
  expect(canRedo()).toBe(false);
});

it('what somebody else changed meanwhile is left alone', async () => {
  await doEdit('a', { title: 'mine' });
  port.all = port.all.map((one) => (one.id === 'a' ? { ...one, title: 'theirs' } : one));
  await expect(undo()).rejects.toThrow(Overtaken);
  expect(get('a').title).toBe('theirs');
  expect(canUndo()).toBe(false);
});

it('other fields that somebody else changed stay', async () => {
  await doEdit('a', { title: 'mine' });
  port.all = port.all.map((one) => (one.id === 'a' ? { ...one, size: 'tall' as const } : one));
  await undo();
  expect(get('a')).toMatchObject({ title: 'a', size: 'tall' });
});

it('the change of an item that is gone is forgotten', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  port.all = without(port.all, 'a');
  await expect(undo()).rejects.toMatchObject({ reason: 'gone' });
  expect(canUndo()).toBe(false);
});

it('a place whose neighbour or folder is gone becomes the end', async () => {
  await doMove('y', { folder_id: null, after: 'a' });
  port.all = without(port.all, 'x');
  await undo();
  expect(port.words).toBe('a b F[y]');
  await redo();
  port.all = without(port.all, 'F');
  await undo();
  expect(port.words).toBe('a b y');
});

it('after another error the change can be tried again', async () => {
  await doDelete('a');
  port.refusal = new Error('offline');
  await expect(undo()).rejects.toThrow('offline');
  port.refusal = null;
  await undo();
  expect(port.words).toBe('a b F[x y]');
});

it('a certain change is not undone while something else is shown', async () => {
  const deletion = await doDelete('a');
  const before = port.words;
  // The ports are those of the space that is shown.
  const ports = { items: port, spaces: NO_SPACES, layout: NO_LAYOUT };
  expect(await history.undo(ports, ['spc_2'], deletion)).toBeNull();
  expect(port.words).toBe(before);
  expect(await undo(deletion)).toBe(deletion);
});

it('a certain change is undone, also when others came after it', async () => {
  const deletion = await doDelete('a');
  await doMove('b', { folder_id: 'F', after: null });
  await undo(deletion);
  expect(port.words).toBe('a F[b x y]');
  expect(await undo(deletion)).toBeNull();
});

it('quick moves of one item are one change', async () => {
  const first: Change = {
    kind: 'move',
    id: 'a',
    title: 'a',
    from: { folder_id: null, after: null },
    to: { folder_id: null, after: 'b' },
  };
  timeline.add(SPACE, first);
  now += 200;
  timeline.add(SPACE, { ...first, from: first.to, to: { folder_id: 'F', after: null } });
  await port.move('a', { folder_id: 'F', after: null });
  await undo();
  expect(port.words).toBe('a b F[x y]');
  expect(canUndo()).toBe(false);
});

it('a held key undoes one change after the other', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  await doMove('b', { folder_id: 'F', after: null });
  await Promise.all([undo(), undo(), undo()]);
  expect(port.words).toBe('a b F[x y]');
});

it('a hundred changes are remembered', async () => {
  for (let count = 0; count < 120; count += 1) await doEdit('a', { title: `t${count}` });
  let undone = 0;
  while (await undo()) undone += 1;
  expect(undone).toBe(100);
});

it('what is not shown is left for later', async () => {
  await doMove('a', { folder_id: 'F', after: null });
  timeline.add('spc_other', {
    kind: 'move',
    id: 'z',
    title: 'z',
    from: { folder_id: null, after: null },
    to: { folder_id: null, after: 'y' },
  });
  await undo();
  expect(port.words).toBe('a b F[x y]');
  expect(timeline.last(['spc_other'])).not.toBeNull();
});

describe('a space', () => {
  let space: Space;
  /** Changes of other fields that come between a read and the next write. */
  let between = 0;
  const spaces: SpacePort = {
    read: async (id) => (id === space.id ? space : null),
    edit: async (_id, version, fields) => {
      if (between > 0) {
        between -= 1;
        space = { ...space, version: space.version + 1 };
      }
      if (version !== space.version) return false;
      space = { ...space, ...fields, version: version + 1 } as Space;
      return true;
    },
  };
  const ports = { items: new Fake(), spaces, layout: NO_LAYOUT };
  const change = (to: SpaceFields): Change => {
    const from = Object.fromEntries(
      Object.keys(to).map((name) => [name, space[name as keyof Space]]),
    ) as SpaceFields;
    space = { ...space, ...to, version: space.version + 1 } as Space;
    const made: Change = { kind: 'space', id: SPACE, title: space.title, from, to };
    timeline.add(SPACE, made);
    now += 5_000;
    return made;
  };

  beforeEach(() => {
    space = {
      id: SPACE,
      title: 'Home',
      description: '',
      cover: null,
      accent: 20,
      version: 1,
    } as Space;
    between = 0;
  });

  it('gets its title, cover and accent back', async () => {
    change({ title: 'Study' });
    change({ cover: 'art:dunes', accent: 200 });
    await history.undo(ports, [SPACE]);
    expect(space).toMatchObject({ title: 'Study', cover: null, accent: 20 });
    await history.undo(ports, [SPACE]);
    expect(space.title).toBe('Home');
    await history.redo(ports, [SPACE]);
    expect(space.title).toBe('Study');
  });

  it('keeps what somebody else wrote into the same field', async () => {
    change({ title: 'Study' });
    space = { ...space, title: 'Theirs', version: 9 };
    await expect(history.undo(ports, [SPACE])).rejects.toMatchObject({ reason: 'changed' });
    expect(space.title).toBe('Theirs');
  });

  it('is written again when another field changed in between', async () => {
    change({ title: 'Study' });
    between = 2;
    await history.undo(ports, [SPACE]);
    expect(space.title).toBe('Home');
  });
});

describe('windows and desktops', () => {
  const ORGANIZATION = 'org_1';
  let windows: Record<string, object>;
  let desktops: Record<string, object>;
  let made = 0;
  const has = (value: object | undefined, expected: object | null) =>
    expected === null
      ? value === undefined
      : value !== undefined &&
        Object.entries(expected).every(([name, one]) => Reflect.get(value, name) === one);
  const matching = (all: Record<string, object>, part: Arrangement['windows'] = {}) =>
    Object.fromEntries(Object.entries(part).filter(([id, one]) => has(all[id], one)));
  const write = (all: Record<string, object>, id: string, value: object | null) => {
    if (value) all[id] = { ...all[id], ...value };
    else delete all[id];
  };
  const layout: LayoutPort = {
    present: (expected) => ({
      windows: matching(windows, expected.windows),
      desktops: matching(desktops, expected.desktops),
    }),
    arrange: async (wanted) => {
      const fresh = new Map<string, string>();
      for (const [id, value] of Object.entries(wanted.desktops ?? {})) {
        const isNew = value !== null && desktops[id] === undefined;
        const now = isNew ? `${id}-${++made}` : id;
        if (isNew) fresh.set(id, now);
        write(desktops, now, value);
      }
      for (const [id, value] of Object.entries(wanted.windows ?? {})) {
        const on = value && 'desktop' in value ? String(value.desktop) : null;
        write(windows, id, on ? { ...value, desktop: fresh.get(on) ?? on } : value);
      }
      return fresh;
    },
  };
  const ports = { items: new Fake(), spaces: NO_SPACES, layout };
  const step = (verb: LayoutChange['verb'], from: Arrangement, to: Arrangement) => {
    timeline.add(ORGANIZATION, { kind: 'layout', verb, title: 'Tides', from, to });
    now += 5_000;
    void layout.arrange(to);
  };
  const back = () => history.undo(ports, [ORGANIZATION]);
  const again = () => history.redo(ports, [ORGANIZATION]);

  beforeEach(() => {
    made = 0;
    windows = { w: { desktop: 'A', shape: 'free' }, v: { desktop: 'B', shape: 'free' } };
    desktops = { A: { name: 'One' }, B: { name: 'Two' } };
  });

  it('moves, closed windows and names go back and forth', async () => {
    step('move', { windows: { w: { shape: 'free' } } }, { windows: { w: { shape: 'left' } } });
    step('close', { windows: { w: { desktop: 'A', shape: 'left' } } }, { windows: { w: null } });
    step(
      'rename-desktop',
      { desktops: { B: { name: 'Two' } } },
      { desktops: { B: { name: 'Lab' } } },
    );
    await back();
    expect(desktops.B).toEqual({ name: 'Two' });
    await back();
    expect(windows.w).toEqual({ desktop: 'A', shape: 'left' });
    await back();
    expect(windows.w).toEqual({ desktop: 'A', shape: 'free' });
    expect(await back()).toBeNull();
    await again();
    await again();
    expect(windows.w).toBeUndefined();
  });

  it('a removed desktop comes back with its windows, under another id', async () => {
    step('send', { windows: { w: { desktop: 'A' } } }, { windows: { w: { desktop: 'B' } } });
    step(
      'remove-desktop',
      { desktops: { B: { name: 'Two' } }, windows: { w: { desktop: 'B' }, v: { desktop: 'B' } } },
      { desktops: { B: null }, windows: { w: { desktop: 'A' }, v: { desktop: 'A' } } },
    );
    await back();
    expect(desktops).toEqual({ A: { name: 'One' }, 'B-1': { name: 'Two' } });
    expect([windows.w, windows.v]).toMatchObject([{ desktop: 'B-1' }, { desktop: 'B-1' }]);
    // The change before means the desktop that was made again.
    await back();
    expect(windows.w).toMatchObject({ desktop: 'A' });
    await again();
    expect(windows.w).toMatchObject({ desktop: 'B-1' });
  });

  it('a window that somebody else moved stays; the others go back', async () => {
    step(
      'arrange',
      { windows: { w: { shape: 'free' }, v: { shape: 'free' } } },
      { windows: { w: { shape: 'left' }, v: { shape: 'right' } } },
    );
    windows.w = { desktop: 'A', shape: 'maximized' };
    await back();
    expect(windows.w).toMatchObject({ shape: 'maximized' });
    expect(windows.v).toMatchObject({ shape: 'free' });
  });

  it('says so when nothing of a change is left', async () => {
    step('move', { windows: { w: { shape: 'free' } } }, { windows: { w: { shape: 'left' } } });
    windows.w = { desktop: 'A', shape: 'maximized' };
    await expect(back()).rejects.toMatchObject({ reason: 'changed' });
    expect(windows.w).toMatchObject({ shape: 'maximized' });
  });

  it('a window that was opened again by hand is no reason to stop', async () => {
    step('move', { windows: { v: { shape: 'free' } } }, { windows: { v: { shape: 'left' } } });
    step('close', { windows: { w: { desktop: 'A', shape: 'free' } } }, { windows: { w: null } });
    windows.w = { desktop: 'A', shape: 'free' };
    await back();
    expect(windows.v).toMatchObject({ shape: 'free' });
  });

  it('quick moves of one window are one change, closing two windows is not', () => {
    const move = (from: string, to: string) =>
      timeline.add(ORGANIZATION, {
        kind: 'layout',
        verb: 'move',
        title: 'w',
        from: { windows: { w: { shape: from } } },
        to: { windows: { w: { shape: to } } },
      });
    move('free', 'left');
    move('left', 'right');
    expect(timeline.past).toHaveLength(1);
    expect(timeline.past[0]?.change).toMatchObject({ from: { windows: { w: { shape: 'free' } } } });
    for (const id of ['w', 'v'])
      timeline.add(ORGANIZATION, {
        kind: 'layout',
        verb: 'close',
        title: id,
        from: { windows: { [id]: {} } },
        to: { windows: { [id]: null } },
      });
    expect(timeline.past).toHaveLength(3);
  });
});

const layoutChange = (
  verb: LayoutChange['verb'],
  from: Arrangement = {},
  to: Arrangement = from,
): Change => ({ kind: 'layout', verb, title: 'Tides', from, to });

const two = { windows: { w: {}, v: {} } };

it.each<[Change, string, string]>([
  [
    { kind: 'delete', item: item('a'), place: { folder_id: null, after: null }, inside: [] },
    'Brought “a” back',
    'Deleted “a” again',
  ],
  [
    { kind: 'create', item: item('a'), place: { folder_id: null, after: null }, inside: [] },
    'Deleted “a”',
    'Added “a” again',
  ],
  [
    { kind: 'edit', id: 'a', title: 'a', from: { size: 'icon' }, to: { size: 'wide' } },
    'Resized “a” back',
    'Resized “a” again',
  ],
  [
    { kind: 'edit', id: 'a', title: 'b', from: { title: 'a' }, to: { title: 'b' } },
    'Renamed “b” back to “a”',
    'Renamed “a” to “b” again',
  ],
  [
    {
      kind: 'edit',
      id: 'a',
      title: 'a',
      from: { title: 'a', url: '' },
      to: { title: 'b', url: '' },
    },
    'Changed “a” back',
    'Changed “a” again',
  ],
  [
    { kind: 'space', id: 's', title: 'Home', from: { cover: null }, to: { cover: 'art:dunes' } },
    'Changed the cover of “Home” back',
    'Changed the cover of “Home” again',
  ],
  [layoutChange('move', { windows: { w: {} } }), 'Moved “Tides” back', 'Moved “Tides” again'],
  [layoutChange('arrange', two), 'Put 2 windows back', 'Arranged 2 windows again'],
  [layoutChange('close', two), 'Opened 2 windows again', 'Closed 2 windows again'],
  [
    layoutChange(
      'rename-desktop',
      { desktops: { d: { name: 'A' } } },
      { desktops: { d: { name: 'B' } } },
    ),
    'Renamed “B” back to “A”',
    'Renamed “A” to “B” again',
  ],
  [layoutChange('remove-desktop'), 'Brought “Tides” back', 'Removed “Tides” again'],
])('a change is described in words', (change, undone, redone) => {
  expect(wordsOf(change)).toMatchObject({ undone, redone });
  expect(inverse(inverse(change))).toEqual(change);
});

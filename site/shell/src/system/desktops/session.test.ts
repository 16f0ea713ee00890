import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SyncedDocument } from '@/shared/state/document';
import { applyPatch, type JsonObject } from '@/shared/state/merge-patch';
import type { LayoutVerb } from '@/shared/undo/changes';
import { History } from '@/shared/undo/history';
import { setLayoutScope, timeline } from '@/shared/undo/timeline';
import type { WindowChange } from '@/system/windows/model';
import {
  closeWindow,
  closeWindows,
  dispatch,
  nameWindow,
  openWindow,
  useWindows,
} from '@/system/windows/store';
import { importArrangement, layoutPort } from './arrangement';
import { addDesktop, removeDesktop, renameDesktop, sendWindow, shiftDesktop } from './commands';
import { keptOf } from './kept';
import type { Desktop } from './model';
import { DesktopSession, type Notice, type SavedDesktop } from './session';
import { useDesktops } from './store';
import { setWallpaper } from './wallpaper';

const size = { width: 400, height: 300 };
const first: Desktop = { id: 'd1', name: 'Desktop 1', position: 1_000 };
const second: Desktop = { id: 'd2', name: 'Work', position: 2_000 };

/** A server that several browsers share. */
class Server {
  desktops = new Map<string, SavedDesktop>();
  isUp = true;

  list = (): SavedDesktop[] => [...this.desktops.values()];

  create(desktop: Desktop): void {
    this.#answer();
    if (this.desktops.has(desktop.id)) return;
    this.desktops.set(desktop.id, { ...desktop, layout: {}, version: 1 });
  }

  patch(id: string, change: Partial<SavedDesktop>, layout: JsonObject = {}): SavedDesktop {
    this.#answer();
    const known = this.desktops.get(id);
    if (!known) throw new Error('404');
    const { version } = known;
    const next = {
      ...known,
      ...change,
      layout: applyPatch(known.layout, layout),
      version: version + 1,
    };
    this.desktops.set(id, next);
    return next;
  }

  #answer(): void {
    if (!this.isUp) throw new TypeError('Failed to fetch');
  }
}

/** One browser: a storage, and one tab at a time. */
class Browser {
  kept = new Map<string, string>();
  notices: Notice[] = [];
  isFull = false;
  documents = new Map<string, SyncedDocument>();
  constructor(private readonly server: Server) {}

  open(wanted: string | null = null): DesktopSession {
    this.documents.clear();
    const store = (name: string, text: string) => {
      if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
      this.kept.set(name, text);
    };
    const session = new DesktopSession(
      {
        readList: () => JSON.parse(this.kept.get('list') ?? '[]'),
        writeList: (desktops) => store('list', JSON.stringify(desktops)),
        openDocument: ({ id }) => {
          const saved = ({ layout, version }: SavedDesktop) => ({ values: layout, version });
          const document = new SyncedDocument(
            {
              read: () => this.kept.get(id) ?? null,
              write: (text) => store(id, text),
              load: async () => saved(this.server.desktops.get(id) as SavedDesktop),
              send: async (layout) => {
                await session.created(id);
                return saved(this.server.patch(id, {}, layout));
              },
              isFinal: () => false,
              setTimeout: () => null,
              clearTimeout: () => {},
            },
            () => 0,
          );
          this.documents.set(id, document);
          return document;
        },
        closeDocument: (id) => this.kept.delete(id),
        create: async (desktop) => this.server.create(desktop),
        update: async (id, change) => this.server.patch(id, change),
        remove: async (id) => this.server.desktops.delete(id),
        report: (notice) => this.notices.push(notice),
      },
      first,
      wanted,
    );
    return session;
  }

  flush = () => Promise.all([...this.documents.values()].map((one) => one.flush()));
}

const open = (...ids: string[]) => {
  for (const id of ids) openWindow(id, size, { title: id.toUpperCase(), picture: null });
};
const ids = () =>
  useWindows
    .getState()
    .open.map(({ id }) => id)
    .sort()
    .join(' ');
const find = (id: string) => useWindows.getState().open.find((one) => one.id === id);

let server: Server;
let laptop: Browser;
let session: DesktopSession;

beforeEach(() => {
  // Without a page: no element had the focus.
  globalThis.document = { activeElement: null, querySelector: () => null } as never;
  globalThis.HTMLElement = class {} as never;
  globalThis.requestAnimationFrame = (() => 0) as never;
  server = new Server();
  laptop = new Browser(server);
});

afterEach(() => session.stop());

describe('windows of a desktop', () => {
  it('are there after a crash, before the server answers', () => {
    session = laptop.open();
    open('a', 'b');
    dispatch({ type: 'place', id: 'a', rect: { x: 30, y: 40, ...size } });
    nameWindow('b', { title: 'Bee', picture: null });
    session.stop();
    session = laptop.open();
    expect(ids()).toBe('a b');
    expect(find('a')?.placed?.rect).toEqual({ x: 30, y: 40, ...size });
    expect(find('a')?.restored).toBe(true);
    expect(useWindows.getState().faces.b?.title).toBe('Bee');
    expect(useWindows.getState().unseen).toEqual(['a', 'b']);
  });

  it('are there in another browser', async () => {
    session = laptop.open();
    session.received(server.list());
    open('a');
    await laptop.flush();
    session.stop();
    const phone = new Browser(server);
    session = phone.open();
    expect(ids()).toBe('');
    session.received(server.list());
    expect(ids()).toBe('a');
  });

  it('merge with what another device changed meanwhile', async () => {
    session = laptop.open();
    session.received(server.list());
    open('a', 'b');
    await laptop.flush();
    dispatch({ type: 'minimize', id: 'b' });
    const layout = { windows: { a: { shape: 'left' }, c: { size: [300, 200], order: 9 } } };
    server.patch('d1', {}, layout);
    session.received(server.list());
    expect(find('a')?.shape).toBe('left');
    expect(find('b')?.minimized).toBe(true);
    expect(ids()).toBe('a b c');
    await laptop.flush();
    expect(server.desktops.get('d1')?.layout).toMatchObject({
      windows: { a: { shape: 'left' }, b: { minimized: true } },
    });
  });

  it('closed on another device are closed here', async () => {
    session = laptop.open();
    session.received(server.list());
    open('a', 'b');
    await laptop.flush();
    server.patch('d1', {}, { windows: { a: null } });
    session.received(server.list());
    expect(ids()).toBe('b');
  });

  it('do not move while the pointer drags one, and then take over what changed', async () => {
    session = laptop.open();
    session.received(server.list());
    open('a', 'b');
    await laptop.flush();
    useWindows.setState({ dragging: true });
    server.patch('d1', {}, { windows: { a: { shape: 'left' }, b: { shape: 'right' } } });
    session.received(server.list());
    expect(find('a')?.shape).toBe('free');
    dispatch({ type: 'place', id: 'b', rect: { x: 5, y: 6, ...size } });
    useWindows.setState({ dragging: false });
    expect(find('a')?.shape).toBe('left');
    expect(find('b')?.placed?.rect).toEqual({ x: 5, y: 6, ...size });
  });

  it('have the size again that they had when they were closed', () => {
    session = laptop.open();
    open('a');
    dispatch({ type: 'place', id: 'a', rect: { x: 0, y: 0, width: 333, height: 222 } });
    closeWindow('a');
    session.stop();
    session = laptop.open();
    open('a');
    expect(find('a')?.size).toEqual({ width: 333, height: 222 });
  });

  it('go on without storage, which is said once', () => {
    laptop.isFull = true;
    session = laptop.open();
    open('a', 'b');
    expect(ids()).toBe('a b');
    expect(laptop.notices).toEqual(['not-kept']);
  });

  it('of a newer format keep what this version does not know, which is said once', async () => {
    session = laptop.open();
    server.create(first);
    const layout = { format: 2, zones: { x: 1 }, windows: { a: { size: [1, 2], halo: true } } };
    server.patch('d1', {}, layout);
    session.received(server.list());
    dispatch({ type: 'minimize', id: 'a' });
    await laptop.flush();
    expect(laptop.notices).toEqual(['newer-layout']);
    expect(server.desktops.get('d1')?.layout).toMatchObject({
      format: 2,
      zones: { x: 1 },
      windows: { a: { halo: true, minimized: true } },
    });
  });

  it('stay in their document when the desktop is left', () => {
    session = laptop.open();
    open('a');
    session.stop();
    expect(ids()).toBe('');
    session = laptop.open();
    expect(ids()).toBe('a');
  });
});

describe('desktops', () => {
  const names = () =>
    useDesktops
      .getState()
      .all.map(({ name }) => name)
      .join(', ');

  beforeEach(() => {
    server.create(first);
    server.create(second);
    session = laptop.open();
    session.received(server.list());
  });

  it('the address names one that this browser learns of later', () => {
    session.stop();
    const phone = new Browser(server);
    session = phone.open('d2');
    expect(useWindows.getState().desktop).toBe('d1');
    session.received(server.list());
    expect(useWindows.getState().desktop).toBe('d2');
  });

  it('an address of a removed one shows the first, and says so', () => {
    session.stop();
    session = laptop.open('d9');
    session.received(server.list());
    expect(useWindows.getState().desktop).toBe('d1');
    expect(laptop.notices).toEqual(['unknown-desktop']);
  });

  it('a window that is moved to another one is never in none', async () => {
    open('a');
    await laptop.flush();
    const seen: string[] = [];
    for (const [id, document] of laptop.documents) {
      document.subscribe(() => {
        if ('a' in ((document.value.windows ?? {}) as object)) seen.push(`+${id}`);
        else seen.push(`-${id}`);
      });
    }
    dispatch({ type: 'move', id: 'a', desktop: 'd2' });
    expect(seen.indexOf('+d2')).toBeLessThan(seen.indexOf('-d1'));
    await laptop.flush();
    expect(server.desktops.get('d1')?.layout.windows).toEqual({});
    expect(server.desktops.get('d2')?.layout.windows).toHaveProperty('a');
  });

  it('a window that another device moves stays open', async () => {
    open('a');
    await laptop.flush();
    const before = find('a');
    const windows = server.desktops.get('d1')?.layout.windows;
    server.patch('d2', {}, { windows: windows as JsonObject });
    server.patch('d1', {}, { windows: { a: null } });
    session.received(server.list());
    expect(find('a')).toMatchObject({ id: 'a', desktop: 'd2', order: before?.order });
  });

  it('a removed one gives its windows to its neighbour', async () => {
    dispatch({ type: 'desktop', desktop: 'd2' });
    open('a', 'b');
    await session.remove('d2');
    expect(names()).toBe('Desktop 1');
    expect(useWindows.getState().desktop).toBe('d1');
    expect(ids()).toBe('a b');
    expect(server.desktops.has('d2')).toBe(false);
    expect(Object.keys(server.desktops.get('d1')?.layout.windows ?? {})).toEqual(['a', 'b']);
  });

  it('is not removed while the network is down, and no window is lost', async () => {
    dispatch({ type: 'desktop', desktop: 'd2' });
    open('a');
    server.isUp = false;
    await expect(session.remove('d2')).rejects.toThrow();
    expect(names()).toBe('Desktop 1, Work');
    expect(ids()).toBe('a');
  });

  it('removed on another device, its windows that nobody has go to the neighbour', () => {
    dispatch({ type: 'desktop', desktop: 'd2' });
    open('a');
    server.desktops.delete('d2');
    session.received(server.list());
    expect(find('a')?.desktop).toBe('d1');
    expect(useWindows.getState().desktop).toBe('d1');
  });

  it('a new one is made offline, and created later', async () => {
    server.isUp = false;
    session.add({ id: 'd3', name: 'Play' });
    open('a');
    await laptop.flush();
    expect(names()).toBe('Desktop 1, Work, Play');
    // A list from before its creation does not remove it.
    session.received(server.list());
    expect(names()).toBe('Desktop 1, Work, Play');
    server.isUp = true;
    await laptop.flush();
    expect(server.desktops.get('d3')).toMatchObject({ name: 'Play', position: 3_000 });
    expect(server.desktops.get('d3')?.layout.windows).toHaveProperty('a');
  });

  it('a name that was changed just after the creation reaches the server', async () => {
    session.add({ id: 'd3', name: 'Desktop 3' });
    await session.created('d3');
    const renamed = session.change(new Map([['d3', { name: 'Play' }]]));
    session.received(server.list());
    expect(names()).toBe('Desktop 1, Work, Play');
    await renamed;
    session.received(server.list());
    expect(names()).toBe('Desktop 1, Work, Play');
  });

  it('a refused name is taken back', async () => {
    server.isUp = false;
    const renamed = session.change(new Map([['d2', { name: 'Deep work' }]]));
    expect(names()).toBe('Desktop 1, Deep work');
    await expect(renamed).rejects.toThrow();
    expect(names()).toBe('Desktop 1, Work');
  });
});

describe('the first desktop', () => {
  it('is created when the first window is kept in it', async () => {
    session = laptop.open();
    session.received(server.list());
    expect(server.desktops.size).toBe(0);
    open('a');
    await laptop.flush();
    expect(server.desktops.get('d1')).toMatchObject({ name: 'Desktop 1' });
    expect(server.desktops.get('d1')?.layout.windows).toHaveProperty('a');
  });
});

describe('undo of windows and desktops', () => {
  let history: History;
  const unused = {} as never;
  const undo = () => history.undo({ items: unused, spaces: unused, layout: layoutPort }, ['org']);
  const redo = () => history.redo({ items: unused, spaces: unused, layout: layoutPort }, ['org']);
  const names = () => useDesktops.getState().all.map(({ name }) => name);
  const desktopNamed = (name: string) =>
    useDesktops.getState().all.find((desktop) => desktop.name === name)?.id;

  /** Two desktops, with a window on each; the first one is shown. */
  beforeEach(() => {
    timeline.clear();
    history = new History(timeline);
    setLayoutScope('org');
    for (const desktop of [first, second])
      server.desktops.set(desktop.id, { ...desktop, layout: {}, version: 1 });
    session = laptop.open();
    useDesktops.setState({ session });
    session.received(server.list());
    dispatch({ type: 'desktop', desktop: 'd2' });
    open('b');
    dispatch({ type: 'desktop', desktop: 'd1' });
    open('a');
  });

  afterEach(() => useDesktops.setState({ session: null }));

  it('opening, raising, minimizing and pinning are not undone', async () => {
    dispatch({ type: 'focus', id: 'a' });
    dispatch({ type: 'minimize', id: 'a' });
    dispatch({ type: 'pin', id: 'a', pinned: true });
    expect(await undo()).toBeNull();
  });

  it('moving, resizing, snapping and arranging', async () => {
    const before = find('a');
    const steps: [WindowChange, LayoutVerb][] = [
      [{ type: 'place', id: 'a', rect: { x: 30, y: 40, ...size } }, 'move'],
      [{ type: 'place', id: 'a', rect: { x: 30, y: 40, width: 500, height: 300 } }, 'resize'],
      [{ type: 'shape', id: 'a', shape: 'left' }, 'move'],
      [{ type: 'tile' }, 'arrange'],
    ];
    const places = [before?.placed ?? null];
    for (const [change, verb] of steps) {
      dispatch(change);
      expect(timeline.past.at(-1)?.change).toMatchObject({ kind: 'layout', verb });
      places.push(find('a')?.placed ?? null);
    }
    for (const expected of places.slice(0, -1).toReversed()) {
      await undo();
      expect(find('a')?.placed).toEqual(expected);
    }
    expect(find('a')).toMatchObject({ shape: 'free', placed: null });
    await redo();
    expect(find('a')?.placed?.rect).toMatchObject({ x: 30, y: 40 });
  });

  it('a closed window comes back in its place, and is kept again', async () => {
    dispatch({ type: 'place', id: 'a', rect: { x: 30, y: 40, ...size } });
    closeWindow('a');
    expect(ids()).toBe('b');
    await undo();
    expect(find('a')).toMatchObject({ desktop: 'd1', placed: { rect: { x: 30, y: 40, ...size } } });
    await laptop.flush();
    expect(server.desktops.get('d1')?.layout).toMatchObject({ windows: { a: { title: 'A' } } });
  });

  it('windows that are closed together come back together', async () => {
    open('c');
    closeWindows(['a', 'c']);
    expect(ids()).toBe('b');
    await undo();
    expect(ids()).toBe('a b c');
  });

  it('a window that was sent to another desktop comes back with it in sight', async () => {
    sendWindow('a', 'd2', true);
    expect(useWindows.getState().desktop).toBe('d2');
    await undo();
    expect(find('a')?.desktop).toBe('d1');
    expect(useWindows.getState().desktop).toBe('d1');
  });

  it('a removed desktop comes back with its windows, wallpaper and place', async () => {
    setWallpaper('art:dunes');
    removeDesktop('d1');
    await expect.poll(names).toEqual(['Work']);
    expect(find('a')?.desktop).toBe('d2');
    await undo();
    expect(names()).toEqual(['Desktop 1', 'Work']);
    const id = desktopNamed('Desktop 1');
    expect(find('a')?.desktop).toBe(id);
    expect(useWindows.getState().desktop).toBe(id);
    expect(session.documentOf(id ?? '')?.value.wallpaper).toBe('art:dunes');
    // The change before means the same desktop, which has another id now.
    await undo();
    expect(session.documentOf(id ?? '')?.value.wallpaper).toBeUndefined();
    await laptop.flush();
    expect(server.desktops.get(id ?? '')).toMatchObject({ name: 'Desktop 1', position: 1_000 });
  });

  it('names, places and new desktops go back and forth', async () => {
    renameDesktop('d2', 'Lab');
    shiftDesktop('d2', -1);
    expect(names()).toEqual(['Lab', 'Desktop 1']);
    addDesktop('Third');
    expect(names()).toEqual(['Lab', 'Desktop 1', 'Third']);
    await undo();
    expect(names()).toEqual(['Lab', 'Desktop 1']);
    await undo();
    expect(names()).toEqual(['Desktop 1', 'Lab']);
    await undo();
    expect(names()).toEqual(['Desktop 1', 'Work']);
    for (let count = 0; count < 3; count += 1) await redo();
    expect(names()).toEqual(['Lab', 'Desktop 1', 'Third']);
  });

  describe('what is shown', () => {
    const shown = () => {
      const { desktop } = useWindows.getState();
      return useDesktops.getState().all.find(({ id }) => id === desktop)?.name;
    };
    const show = (name: string) =>
      dispatch({ type: 'desktop', desktop: desktopNamed(name) as string });
    /** Imports two desktops with a window on the first, beside those that there are or in their place. */
    const importTwo = (isReplacing: boolean) => {
      const old = isReplacing ? useDesktops.getState().all : [];
      const made = ['imported-0', 'imported-1'];
      const none = (ids: string[]) => ids.map((id) => [id, null] as const);
      const window = { desktop: 'imported-0', size, placed: null, cascade: 0, shape: 'free' };
      return importArrangement(
        'Home',
        {
          desktops: Object.fromEntries([
            ...none(made),
            ...old.map((one) => [one.id, keptOf(one)] as const),
          ]),
          windows: { c: null },
        },
        {
          desktops: Object.fromEntries([
            ...made.map((id, at) => [id, { name: id, position: 8_000 + at }] as const),
            ...none(old.map(({ id }) => id)),
          ]),
          windows: { c: { ...window, minimized: false, pinned: false, order: 1 } },
        },
      );
    };

    beforeEach(() => addDesktop('Play'));

    it.each([
      ['Desktop 1', false],
      ['Work', false],
      ['Play', false],
      ['Desktop 1', true],
      ['Work', true],
      ['Play', true],
    ])('after the undo of an import: %s, replaced: %s', async (seen, isReplacing) => {
      show(seen);
      await importTwo(isReplacing);
      for (let round = 0; round < 2; round += 1) {
        expect(shown()).toBe('imported-0');
        show('imported-1');
        await undo();
        expect(names()).toEqual(['Desktop 1', 'Work', 'Play']);
        expect(shown()).toBe(seen);
        await redo();
        expect(names()).toEqual([
          ...(isReplacing ? [] : ['Desktop 1', 'Work', 'Play']),
          'imported-0',
          'imported-1',
        ]);
      }
    });

    it('after the undo of an import: a desktop that stays stays in sight', async () => {
      show('Work');
      await importTwo(false);
      show('Play');
      await undo();
      expect(shown()).toBe('Play');
    });

    it('after the undo of an import: a neighbour of one that is gone', async () => {
      show('Work');
      await importTwo(false);
      await session.remove(desktopNamed('Work') as string);
      await undo();
      expect(shown()).toBe('Play');
    });

    it('after the undo of a new desktop: the one before', async () => {
      show('Desktop 1');
      addDesktop('Lab');
      expect(shown()).toBe('Lab');
      await undo();
      expect(shown()).toBe('Desktop 1');
      await redo();
      expect(shown()).toBe('Lab');
      await undo();
      expect(shown()).toBe('Desktop 1');
    });
  });

  it('what another device changed meanwhile stays', async () => {
    dispatch({ type: 'shape', id: 'a', shape: 'left' });
    await laptop.flush();
    server.patch('d1', {}, { windows: { a: { shape: 'right' } } });
    session.received(server.list());
    await expect(undo()).rejects.toMatchObject({ reason: 'changed' });
    expect(find('a')?.shape).toBe('right');
  });

  it('what another device stored in whole pixels is the same place', async () => {
    dispatch({ type: 'place', id: 'a', rect: { x: 30.4, y: 40.2, ...size } });
    await laptop.flush();
    server.patch('d1', {}, { windows: { a: { pinned: true } } });
    session.received(server.list());
    expect(find('a')?.placed?.rect.x).toBe(30);
    await undo();
    expect(find('a')?.placed).toBeNull();
  });
});

/** Undoes and redoes the changes of a timeline. It knows no React and no fetch: see `Ports`. */
import type { Item, Space } from '@prox/api-client';
import { endOf, type FullPlace, movesTo, neighbours } from '@/shared/data/order';
import type {
  Arrangement,
  Change,
  Fields,
  LayoutChange,
  SortChange,
  SpaceChange,
  SpaceFields,
} from './changes';
import type { Entry, Scopes, Timeline } from './timeline';

/** The items of the space, as they are shown, and how they change. */
export type ItemPort = {
  items: () => readonly Item[];
  create: (item: Item, place: FullPlace) => Promise<Item>;
  remove: (id: string) => Promise<unknown>;
  move: (id: string, place: FullPlace) => Promise<unknown>;
  edit: (id: string, version: number, fields: Fields) => Promise<unknown>;
};

export type SpacePort = {
  /** The space as the server last said; fetched again when `fresh`. */
  read: (id: string, fresh: boolean) => Promise<Space | null>;
  /** Answers false when somebody else changed the space in between. */
  edit: (id: string, version: number, fields: SpaceFields) => Promise<boolean>;
};

export type LayoutPort = {
  /** The part of an arrangement that is as it says. */
  present: (expected: Arrangement) => Arrangement;
  /** Makes it so; answers the new ids of desktops that were made again, by their old ones. */
  arrange: (wanted: Arrangement) => Promise<ReadonlyMap<string, string>>;
};

export type Ports = { items: ItemPort; spaces: SpacePort; layout: LayoutPort };

/**
 * A change that cannot be undone or redone any more: somebody else came first, or, for `moot`, the
 * person did the same by hand.
 */
export class Overtaken extends Error {
  constructor(readonly reason: 'changed' | 'gone' | 'moot') {
    super(`the change is ${reason}`);
    this.name = 'Overtaken';
  }
}

/** The change that takes another one back. */
export function inverse(change: Change): Change {
  switch (change.kind) {
    case 'create':
      return { ...change, kind: 'delete' };
    case 'delete':
      return { ...change, kind: 'create' };
    case 'move':
      return { ...change, from: change.to, to: change.from };
    case 'edit':
      return { ...change, from: change.to, to: change.from };
    case 'space':
      return { ...change, from: change.to, to: change.from };
    case 'sort':
      return { ...change, from: change.to, to: change.from };
    case 'layout':
      return { ...change, from: change.to, to: change.from };
  }
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** How often a change of a space is sent again because something else of it changed in between. */
const ATTEMPTS = 5;

type Part = Readonly<Record<string, object | null>>;

const mapKeys = (
  part: Part = {},
  by: (id: string) => string,
  value = (one: object | null) => one,
) => Object.fromEntries(Object.entries(part).map(([id, one]) => [by(id), value(one)]));

const isEmpty = ({ windows = {}, desktops = {}, look }: Arrangement) =>
  Object.keys(windows).length + Object.keys(desktops).length === 0 && !look;

const pick = (part: Part = {}, like: Part = {}) =>
  Object.fromEntries(Object.entries(part).filter(([id]) => Object.hasOwn(like, id)));

export class History {
  /** The id that an item or desktop has after it was made again. */
  readonly #replaced = new Map<string, string>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(readonly timeline: Timeline) {}

  /**
   * Takes back the last change of these scopes, which are shown, or a certain one of them; answers it,
   * or null when there is none. A change that was overtaken is forgotten, and `Overtaken` thrown. After
   * any other error the change can be tried again.
   */
  undo(ports: Ports, scopes: Scopes, certain?: Change): Promise<Change | null> {
    const next = () => {
      if (!certain) return this.timeline.last(scopes);
      const entry = this.timeline.past.find(({ change }) => change === certain);
      // The ports change what is shown: it would be made again in another space.
      return entry && scopes.includes(entry.scope) ? entry : null;
    };
    return this.#inTurn(async () => {
      const entry = await this.#apply(next, inverse, ports);
      if (entry) this.timeline.future = [...this.timeline.future, entry];
      return entry?.change ?? null;
    });
  }

  /** Makes the change again that was taken back last. */
  redo(ports: Ports, scopes: Scopes): Promise<Change | null> {
    return this.#inTurn(async () => {
      const entry = await this.#apply(
        () => this.timeline.next(scopes),
        (change) => change,
        ports,
      );
      if (entry) this.timeline.past = [...this.timeline.past, entry];
      return entry?.change ?? null;
    });
  }

  /** Makes a change of what is shown and remembers it. */
  apply(ports: Ports, scope: string, change: Change): Promise<void> {
    return this.#inTurn(async () => {
      await this.#make(change, ports);
      this.timeline.add(scope, change);
    });
  }

  /** One after the other: a key that is held must not overtake the server. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#running.then(run);
    this.#running = result.catch(() => {});
    return result;
  }

  /** Makes the next change that still means something, and takes it out of the timeline. */
  async #apply(
    next: () => Entry | null,
    by: (change: Change) => Change,
    ports: Ports,
  ): Promise<Entry | null> {
    for (;;) {
      const entry = next();
      if (!entry) return null;
      try {
        await this.#make(by(entry.change), ports);
        this.#forget(entry);
        return entry;
      } catch (error) {
        if (error instanceof Overtaken) this.#forget(entry);
        if (!(error instanceof Overtaken && error.reason === 'moot')) throw error;
      }
    }
  }

  #forget(entry: Entry): void {
    this.timeline.past = this.timeline.past.filter((one) => one !== entry);
    this.timeline.future = this.timeline.future.filter((one) => one !== entry);
  }

  #make(change: Change, { items, spaces, layout }: Ports): Promise<unknown> {
    switch (change.kind) {
      case 'move':
        return items.move(this.#present(change.id, items).id, this.#place(change.to, items));
      case 'edit':
        return this.#edit(change, items);
      case 'delete':
        return items.remove(this.#present(change.item.id, items).id);
      case 'create':
        return this.#restore(change, items);
      case 'sort':
        return this.#sort(change, items);
      case 'space':
        return this.#editSpace(change, spaces);
      case 'layout':
        return this.#arrange(change, layout);
    }
  }

  #edit({ id, from, to }: Extract<Change, { kind: 'edit' }>, port: ItemPort): Promise<unknown> {
    const item = this.#present(id, port);
    const touched = Object.entries(from).some(
      ([name, value]) => !same(item[name as keyof Item] ?? null, value ?? null),
    );
    if (touched) throw new Overtaken('changed');
    return port.edit(item.id, item.version, to);
  }

  /** Orders the items of each folder whose order is as it was; others stay. */
  async #sort({ from, to }: SortChange, port: ItemPort): Promise<void> {
    const rows = to.map(({ folder, ids }, at) => {
      const now = folder && this.#idOf(folder);
      const row = neighbours(port.items(), now).map(({ id }) => id);
      const present = (list: readonly string[] = []) =>
        list.map((id) => this.#idOf(id)).filter((id) => row.includes(id));
      const wanted = present(ids);
      const known = row.filter((id) => wanted.includes(id));
      return { folder: now, row, wanted, isAsExpected: same(known, present(from[at]?.ids)) };
    });
    const own = rows.filter(({ isAsExpected }) => isAsExpected);
    if (own.length === 0) throw new Overtaken('changed');
    // They show at once, and are sent one after the other.
    await Promise.all(
      own.flatMap(({ folder, row, wanted }) =>
        movesTo(row, wanted).map(({ id, after }) => port.move(id, { folder_id: folder, after })),
      ),
    );
  }

  async #editSpace({ id, from, to }: SpaceChange, port: SpacePort): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const space = await port.read(id, attempt > 0);
      if (!space) throw new Overtaken('gone');
      const touched = Object.entries(from).some(
        ([name, value]) => !same(space[name as keyof Space] ?? null, value ?? null),
      );
      if (touched) throw new Overtaken('changed');
      // Each change of an item is one of the space, too: its own fields may be as they were.
      if (await port.edit(id, space.version, to)) return;
    }
    throw new Overtaken('changed');
  }

  async #arrange({ verb, from, to }: LayoutChange, port: LayoutPort): Promise<void> {
    const wanted = this.#current(to);
    const present = port.present(this.#current(from));
    // What somebody else moved, closed or renamed meanwhile stays so.
    if (isEmpty(present)) throw new Overtaken(verb === 'close' ? 'moot' : 'changed');
    const made = await port.arrange({
      windows: pick(wanted.windows, present.windows),
      desktops: pick(wanted.desktops, present.desktops),
      ...(present.look && wanted.look && { look: wanted.look }),
      ...(wanted.shown && { shown: wanted.shown }),
    });
    for (const [old, id] of made) this.#replaced.set(old, id);
  }

  /** An arrangement with the ids that its desktops have now. */
  #current({ windows, desktops, shown, ...rest }: Arrangement): Arrangement {
    const idOf = (id: string) => this.#idOf(id);
    const onCurrent = (win: object | null) =>
      win && 'desktop' in win ? { ...win, desktop: idOf(String(win.desktop)) } : win;
    return {
      ...rest,
      ...(shown && { shown: idOf(shown) }),
      windows: mapKeys(windows, (id) => id, onCurrent),
      desktops: mapKeys(desktops, idOf),
    };
  }

  /** Makes a deleted item again at its place, with what was in it. */
  async #restore(change: Extract<Change, { kind: 'create' }>, port: ItemPort): Promise<void> {
    const made = await port.create(change.item, this.#place(change.place, port));
    this.#replaced.set(change.item.id, made.id);
    let after: string | null = null;
    for (const old of change.inside) {
      const id = this.#idOf(old);
      const item = port.items().find((one) => one.id === id);
      // What was deleted or filed elsewhere meanwhile stays so.
      if (!item || (item.folder_id ?? null) !== null) continue;
      await port.move(id, { folder_id: made.id, after });
      after = id;
    }
  }

  #idOf(id: string): string {
    const next = this.#replaced.get(id);
    return next === undefined ? id : this.#idOf(next);
  }

  #present(id: string, port: ItemPort): Item {
    const now = this.#idOf(id);
    const item = port.items().find((one) => one.id === now);
    if (!item) throw new Overtaken('gone');
    return item;
  }

  /** The place as it is now: where the folder or the item before is gone, the end of what is left. */
  #place({ folder_id, after }: FullPlace, port: ItemPort): FullPlace {
    const items = port.items();
    const exists = (id: string) => items.some((item) => item.id === id);
    const folder = folder_id && this.#idOf(folder_id);
    const before = after && this.#idOf(after);
    if (folder && !exists(folder)) return endOf(items, null);
    if (before && !exists(before)) return endOf(items, folder);
    return { folder_id: folder, after: before };
  }
}

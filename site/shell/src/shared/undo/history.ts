/**
 * The changes of the items of one space that this tab made, to undo and to redo them. In memory only.
 * It knows no React and no fetch: see `ItemPort`.
 */
import type { Item, UpdateItem } from '@prox/api-client';
import { endOf, type FullPlace } from '@/shared/data/order';

/** The fields of an item that can be edited. */
export type Fields = Partial<Omit<UpdateItem, 'place'>>;

export type Change =
  | { kind: 'create'; item: Item; place: FullPlace; inside: readonly string[] }
  | { kind: 'delete'; item: Item; place: FullPlace; inside: readonly string[] }
  | { kind: 'move'; id: string; title: string; from: FullPlace; to: FullPlace }
  | { kind: 'edit'; id: string; title: string; from: Fields; to: Fields };

/** The items of the space, as they are shown, and how they change. */
export type ItemPort = {
  items: () => readonly Item[];
  create: (item: Item, place: FullPlace) => Promise<Item>;
  remove: (id: string) => Promise<unknown>;
  move: (id: string, place: FullPlace) => Promise<unknown>;
  edit: (id: string, version: number, fields: Fields) => Promise<unknown>;
};

/** A change that cannot be undone or redone any more, since somebody else came first. */
export class Overtaken extends Error {
  constructor(readonly reason: 'changed' | 'gone') {
    super(`the item is ${reason}`);
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
  }
}

/** A change in words: `Harbour Bank was moved`. */
export function wordsOf(change: Change): string {
  switch (change.kind) {
    case 'create':
      return `${change.item.title} was added`;
    case 'delete':
      return `${change.item.title} was deleted`;
    case 'move':
      return `${change.title} was moved`;
    case 'edit': {
      const fields = Object.keys(change.to);
      const only = fields.length === 1 ? fields[0] : null;
      const verb = only === 'size' ? 'resized' : only === 'title' ? 'renamed' : 'changed';
      return `${change.title} was ${verb}`;
    }
  }
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** How many changes are remembered. */
const MOST = 100;
/** Milliseconds in which further moves of an item, or edits of the same fields, are one change. */
const ONE_CHANGE = 1_000;

type Entry = { change: Change; at: number };

export class History {
  #past: readonly Entry[] = [];
  #future: readonly Entry[] = [];
  /** The id that an item has after it was made again. */
  readonly #replaced = new Map<string, string>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(private readonly now: () => number) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** The change that would be redone next. */
  get next(): Change | null {
    return this.#future.at(-1)?.change ?? null;
  }

  /** The change that would be undone next. */
  get last(): Change | null {
    return this.#past.at(-1)?.change ?? null;
  }

  /** Remembers a change that was made. */
  add(change: Change): void {
    const at = this.now();
    const last = this.#past.at(-1);
    const merged = last && at - last.at < ONE_CHANGE ? merge(last.change, change) : null;
    const kept = merged ? this.#past.slice(0, -1) : this.#past;
    this.#past = [...kept, { change: merged ?? change, at }].slice(-MOST);
    this.#future = [];
  }

  /**
   * Takes back the last change, or a certain one of them; answers it, or null when there is none.
   * A change that was overtaken is forgotten, and `Overtaken` thrown. After any other error the
   * change can be tried again.
   */
  undo(port: ItemPort, certain?: Change): Promise<Change | null> {
    return this.#inTurn(async () => {
      const entry = certain
        ? this.#past.find(({ change }) => change === certain)
        : this.#past.at(-1);
      if (!entry) return null;
      const without = () => {
        this.#past = this.#past.filter((one) => one !== entry);
      };
      await this.#apply(inverse(entry.change), port, without);
      without();
      this.#future = [...this.#future, entry];
      return entry.change;
    });
  }

  /** Makes the change again that was taken back last. */
  redo(port: ItemPort): Promise<Change | null> {
    return this.#inTurn(async () => {
      const entry = this.#future.at(-1);
      if (!entry) return null;
      const without = () => {
        this.#future = this.#future.filter((one) => one !== entry);
      };
      await this.#apply(entry.change, port, without);
      without();
      this.#past = [...this.#past, entry];
      return entry.change;
    });
  }

  /** One after the other: a key that is held must not overtake the server. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#running.then(run);
    this.#running = result.catch(() => {});
    return result;
  }

  async #apply(change: Change, port: ItemPort, forget: () => void): Promise<void> {
    try {
      await this.#make(change, port);
    } catch (error) {
      if (error instanceof Overtaken) forget();
      throw error;
    }
  }

  #make(change: Change, port: ItemPort): Promise<unknown> {
    switch (change.kind) {
      case 'move':
        return port.move(this.#present(change.id, port).id, this.#place(change.to, port));
      case 'edit':
        return this.#edit(change, port);
      case 'delete':
        return port.remove(this.#present(change.item.id, port).id);
      case 'create':
        return this.#restore(change, port);
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

/** Two changes as one; null when they are two. */
function merge(first: Change, second: Change): Change | null {
  if (first.kind === 'move' && second.kind === 'move' && first.id === second.id) {
    return { ...second, from: first.from };
  }
  if (first.kind === 'edit' && second.kind === 'edit' && first.id === second.id) {
    return same(Object.keys(first.to), Object.keys(second.to))
      ? { ...second, from: first.from }
      : null;
  }
  return null;
}

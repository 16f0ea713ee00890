/**
 * The browser's history for what is open on top of the desktop. Each window, dialog and menu that can
 * be seen is one layer with one history entry, so Back closes the layer in front, and the address of
 * the current entry names everything that is open.
 */
export type Layer = {
  /** Its part of the address; null for a layer that cannot be opened by an address. */
  address: readonly (readonly [name: string, value: string])[] | null;
};

/** The part of the browser that this module uses. */
export type HistoryPort = {
  path: () => string;
  search: () => string;
  /** How many layers the current entry has, as `push` or `replace` stored it; 0 when they did not. */
  depth: () => number;
  push: (url: string, depth: number) => void;
  replace: (url: string, depth: number) => void;
  go: (entries: number) => void;
};

/** What is open on one desktop. */
export type LayersPort = {
  /** Whether a path shows this desktop. Entries of other paths are left alone. */
  covers: (path: string) => boolean;
  /** From back to front. */
  list: () => readonly Layer[];
  /** Closes that many layers, the front one first. */
  close: (count: number) => void;
  /** Opens what an address names and is not open yet. */
  restore: (search: string) => void;
};

/** The query string that names the layers. */
export function searchOf(layers: readonly Layer[]): string {
  const search = new URLSearchParams();
  for (const { address } of layers) {
    for (const [name, value] of address ?? []) search.append(name, value);
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** Keeps the depth of the current history entry equal to the number of open layers. */
export class LayerHistory {
  #path: string;
  #depth: number;
  /** Whether an own `go` is on its way. */
  #returning = false;

  constructor(
    private readonly history: HistoryPort,
    private readonly layers: LayersPort,
  ) {
    this.#path = history.path();
    this.#depth = history.depth();
  }

  /** Opens what the address names. Call it once, before the others. */
  start(): void {
    this.layers.restore(this.history.search());
    // A shared address has one entry: the desktop without layers comes before it.
    if (this.#depth === 0 && this.layers.list().length > 0) {
      this.history.replace(this.#path, 0);
    }
    this.sync();
  }

  /** Call it whenever layers open, close or change their order. */
  sync(): void {
    if (this.#returning || !this.layers.covers(this.history.path())) return;
    const layers = this.layers.list();
    const url = (count: number) => this.#path + searchOf(layers.slice(0, count));
    if (layers.length < this.#depth) {
      this.#returning = true;
      this.history.go(layers.length - this.#depth);
      return;
    }
    while (this.#depth < layers.length) {
      this.#depth += 1;
      this.history.push(url(this.#depth), this.#depth);
    }
    if (this.history.path() + this.history.search() !== url(layers.length)) {
      this.history.replace(url(layers.length), this.#depth);
    }
  }

  /** Call it after a `popstate` event. */
  popped(): void {
    if (!this.layers.covers(this.history.path())) return;
    const before = { path: this.#path, depth: this.#depth };
    this.#path = this.history.path();
    this.#depth = this.history.depth();
    if (this.#returning) {
      this.#returning = false;
    } else if (this.#path === before.path) {
      if (this.#depth < before.depth) this.layers.close(before.depth - this.#depth);
      if (this.#depth > before.depth) this.layers.restore(this.history.search());
    }
    this.sync();
  }

  /** Call it after the route changed by other means than `popstate`. */
  navigated(): void {
    if (!this.layers.covers(this.history.path())) return;
    if (this.history.path() === this.#path && this.history.depth() === this.#depth) return;
    this.#path = this.history.path();
    this.#depth = this.history.depth();
    // The entry that an own `go` was to reach is no longer the one to reach.
    this.#returning = false;
    this.sync();
  }
}

/**
 * The browser's history for what is open on top of the desktop. Each dialog and menu that can be seen,
 * and each window that was opened or brought to the front during this visit, is one layer with one
 * history entry, so Back closes the layer in front. Windows that the desktop's document restored are
 * layers without an entry: Back leaves them alone. The address of the current entry names everything
 * that is open.
 */
export type Layer = {
  /** Its part of the address; null for a layer that cannot be opened by an address. */
  address: Named | null;
  /** Whether it was there before this visit, so that it has no history entry. */
  restored?: boolean;
};

type Named = readonly (readonly [name: string, value: string])[];

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

/** Why an address is opened: somebody followed it, this tab was reloaded, or Forward was pressed. */
export type RestoreReason = 'address' | 'reload' | 'forward';

/** What is open on one desktop. */
export type LayersPort = {
  /** Whether a path shows this desktop. Entries of other paths are left alone. */
  covers: (path: string) => boolean;
  /** From back to front. */
  list: () => readonly Layer[];
  /** What the address names besides the layers. */
  base?: () => Named;
  /** Closes that many layers that have entries, the front one first. */
  close: (count: number) => void;
  /** Opens what an address names and is not open yet. */
  restore: (search: string, reason: RestoreReason) => void;
  /** After a reload: that many layers have entries already, the front ones. */
  claim?: (count: number) => void;
};

/** The query string that names the layers, after `base`. */
export function searchOf(layers: readonly Layer[], base: Named = []): string {
  const search = new URLSearchParams();
  for (const { address } of [{ address: base }, ...layers]) {
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
    this.layers.restore(this.history.search(), this.#depth > 0 ? 'reload' : 'address');
    // A shared address has one entry: the desktop without these layers comes before it.
    if (this.#depth > 0) this.layers.claim?.(this.#depth);
    else if (this.#entries() > 0) this.history.replace(this.#url(0), 0);
    this.sync();
  }

  /** Call it whenever layers open, close or change their order. */
  sync(): void {
    if (this.#returning || !this.layers.covers(this.history.path())) return;
    const entries = this.#entries();
    if (entries < this.#depth) {
      this.#returning = true;
      this.history.go(entries - this.#depth);
      return;
    }
    while (this.#depth < entries) {
      this.#depth += 1;
      this.history.push(this.#url(this.#depth), this.#depth);
    }
    const url = this.#url(entries);
    if (this.history.path() + this.history.search() !== url) {
      this.history.replace(url, this.#depth);
    }
  }

  /** How many layers have an entry. */
  #entries(): number {
    return this.layers.list().filter(({ restored }) => !restored).length;
  }

  /** The address of the entry with `count` layers on top of the restored ones. */
  #url(count: number): string {
    let left = count;
    const named = this.layers.list().filter(({ restored }) => {
      if (restored) return true;
      left -= 1;
      return left >= 0;
    });
    return this.#path + searchOf(named, this.layers.base?.());
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
      if (this.#depth > before.depth) this.layers.restore(this.history.search(), 'forward');
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

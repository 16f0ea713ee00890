/**
 * The desktops of a person in an organization while they are shown: keeps the windows of each in its
 * document, and takes over what other tabs and devices change in it.
 */
import type { SyncedDocument } from '@/shared/state/document';
import { applyPatch, equal, type JsonObject, patchBetween } from '@/shared/state/merge-patch';
import { type Layout, readLayout, withFormat, writeLayout } from '@/system/windows/layout';
import { reduce } from '@/system/windows/model';
import { forgetWindows, useWindows, withFaces } from '@/system/windows/store';
import { type Desktop, inOrder, neighbourOf, nextPosition } from './model';
import { useDesktops } from './store';

/** A desktop as the server has it. */
export type SavedDesktop = Desktop & { layout: JsonObject; version: number };

/** What a person should know, once. */
export type Notice = 'newer-layout' | 'not-kept' | 'not-saved' | 'unknown-desktop';

export type SessionPorts = {
  /** The desktops that this browser kept; empty when it kept none. */
  readList: () => readonly Desktop[];
  writeList: (desktops: readonly Desktop[]) => void;
  openDocument: (desktop: Desktop) => SyncedDocument;
  /** Forgets the document of a desktop that was removed. */
  closeDocument: (desktop: string) => void;
  /** Creates a desktop; succeeds also when it exists. */
  create: (desktop: Desktop) => Promise<unknown>;
  update: (desktop: string, change: Partial<Omit<Desktop, 'id'>>) => Promise<unknown>;
  remove: (desktop: string) => Promise<unknown>;
  report: (notice: Notice) => void;
};

type Attached = {
  document: SyncedDocument;
  /** What the tab and the document agreed on. */
  known: JsonObject;
  /** The value of the document that was last taken over. */
  value: JsonObject | null;
  detach: () => void;
};

export class DesktopSession {
  readonly #attached = new Map<string, Attached>();
  /** Whether changes of documents and windows are taken over by a step that is running. */
  #busy = false;
  #waiting = false;
  #wanted: string | null = null;
  #listed = () => {};
  /** Resolves when the server said which desktops there are, with their layouts. */
  readonly listed = new Promise<void>((resolve) => {
    this.#listed = resolve;
  });
  /** The desktops that this tab created and removed, which an older list may not know. */
  readonly #created = new Set<string>();
  readonly #removed = new Set<string>();
  /** Names and places that are on their way to the server. */
  readonly #changing = new Map<string, Partial<Omit<Desktop, 'id'>>>();
  readonly #creating = new Map<string, Promise<void>>();
  readonly #reported = new Set<Notice>();
  readonly #unsubscribe: () => void;

  /** `first` is the desktop that everybody has; `wanted` the one that the address names. */
  constructor(
    private readonly ports: SessionPorts,
    first: Desktop,
    wanted: string | null,
  ) {
    const kept = ports.readList();
    const all = kept.length > 0 ? kept : [first];
    useDesktops.setState({ all });
    for (const desktop of all) this.#attach(desktop);
    const shown = all.find(({ id }) => id === wanted);
    if (wanted && !shown) this.#wanted = wanted;
    useWindows.setState({ desktop: (shown ?? all[0])?.id ?? '' });
    this.#load(all.map(({ id }) => id));
    this.#unsubscribe = useWindows.subscribe((now, before) => {
      if (now.open !== before.open || now.faces !== before.faces || now.sizes !== before.sizes)
        this.#save();
      if (before.dragging && !now.dragging && this.#waiting) this.#loadAll();
    });
  }

  /** Whether this browser kept the arrangement of the desktop that is shown. */
  get isKept(): boolean {
    const shown = this.#attached.get(useWindows.getState().desktop);
    return shown !== undefined && 'format' in shown.document.value;
  }

  /** The document of a desktop: what else is kept for it, for example its wallpaper. */
  documentOf(desktop: string): SyncedDocument | null {
    return this.#attached.get(desktop)?.document ?? null;
  }

  /** Takes over the list of desktops that the server has, and their layouts. */
  received(saved: readonly SavedDesktop[]): void {
    const { all: before } = useDesktops.getState();
    const own = saved.filter(({ id }) => !this.#removed.has(id));
    const known = new Set(own.map(({ id }) => id));
    const fresh = before.filter(({ id, isNew }) => isNew && !known.has(id));
    // Nobody has no desktop: the first one is made when the first window is kept in it.
    const all =
      own.length + fresh.length === 0
        ? [{ ...(before[0] as Desktop), isNew: true }]
        : inOrder([
            ...own.map(({ id, name, position }) => ({
              id,
              name,
              position,
              ...this.#changing.get(id),
            })),
            ...fresh,
          ]);
    for (const desktop of all) if (!this.#attached.has(desktop.id)) this.#attach(desktop);
    this.#setList(all);
    this.#busy = true;
    for (const { id, layout, version } of own)
      this.#attached.get(id)?.document.received({ version, values: layout });
    this.#busy = false;
    this.#loadAll();
    for (const { id } of before) {
      if (all.some((one) => one.id === id)) continue;
      this.#evacuate(
        id,
        neighbourOf(before, id, (to) => all.some((one) => one.id === to.id)),
      );
    }
    this.#showWanted();
    this.#listed();
    for (const { document } of this.#attached.values()) {
      if (document.state !== 'saved') void document.flush();
    }
  }

  /** Adds a desktop, at the end unless it has a position; `layout` is what its document has. */
  add(
    { id, name, position }: Pick<Desktop, 'id' | 'name'> & { position?: number | undefined },
    layout: JsonObject = {},
    show = true,
  ): void {
    const { all } = useDesktops.getState();
    const added = { id, name, position: position ?? nextPosition(all), isNew: true };
    this.#attach(added);
    this.#setList(inOrder([...all, added]));
    this.#attached.get(id)?.document.change((value) => applyPatch(value, layout));
    if (show) useWindows.setState((state) => reduce(state, { type: 'desktop', desktop: id }));
    void this.created(added.id).catch(() => this.#reportOnce('not-saved'));
  }

  /** Creates a desktop on the server that only this browser has; waits until the list is known. */
  async created(id: string): Promise<void> {
    await this.listed;
    const running =
      this.#creating.get(id) ??
      this.#create(id).finally(() => {
        this.#creating.delete(id);
      });
    this.#creating.set(id, running);
    await running;
  }

  async #create(id: string): Promise<void> {
    const desktop = useDesktops.getState().all.find((one) => one.id === id);
    // It stays new until the list has it: an answer from before its creation does not.
    if (!desktop?.isNew || this.#created.has(id)) return;
    await this.ports.create(desktop);
    this.#created.add(id);
  }

  /** Shows another name or place at once, and the old one again when the server refuses it. */
  async change(changes: ReadonlyMap<string, Partial<Omit<Desktop, 'id'>>>): Promise<void> {
    const { all: before } = useDesktops.getState();
    this.#setList(inOrder(before.map((one) => ({ ...one, ...changes.get(one.id) }))));
    try {
      for (const [id, change] of changes) this.#changing.set(id, change);
      for (const [id, change] of changes) {
        await this.created(id);
        await this.ports.update(id, change);
      }
    } catch (error) {
      const old = new Map(before.map((one) => [one.id, one]));
      const { all: now } = useDesktops.getState();
      this.#setList(
        inOrder(
          now.map((one) => {
            const { name, position } = (changes.has(one.id) && old.get(one.id)) || one;
            return { ...one, name, position };
          }),
        ),
      );
      throw error;
    } finally {
      for (const [id, change] of changes)
        if (this.#changing.get(id) === change) this.#changing.delete(id);
    }
  }

  /** Moves the windows of a desktop to its neighbour, then removes it. */
  async remove(id: string): Promise<void> {
    const { all } = useDesktops.getState();
    const to = neighbourOf(all, id);
    if (!to) return;
    useWindows.setState((state) => {
      const moved = reduce(state, { type: 'evacuate', desktop: id, to: to.id });
      return state.desktop === id ? reduce(moved, { type: 'desktop', desktop: to.id }) : moved;
    });
    if (!all.find((one) => one.id === id)?.isNew) {
      // The windows must be safe before their old desktop is gone.
      const document = this.#attached.get(to.id)?.document;
      await document?.flush();
      if (document && document.state !== 'saved') throw new TypeError('The network is down');
      await this.ports.remove(id);
    }
    this.#removed.add(id);
    this.#setList(useDesktops.getState().all.filter((one) => one.id !== id));
    this.#detach(id);
  }

  /** Ends it. The windows of this tab are forgotten, and stay in their documents. */
  stop(): void {
    this.#unsubscribe();
    for (const { detach, document } of this.#attached.values()) {
      detach();
      void document.flush();
    }
    forgetWindows();
    useDesktops.setState({ all: [] });
  }

  #attach(desktop: Desktop): void {
    const document = this.ports.openDocument(desktop);
    const { id } = desktop;
    const detach = document.subscribe(() => this.#changed(id));
    this.#attached.set(id, { document, known: this.#projected(id), value: null, detach });
  }

  #detach(id: string): void {
    this.#attached.get(id)?.detach();
    this.#attached.delete(id);
    this.ports.closeDocument(id);
  }

  #evacuate(id: string, to: Desktop | null): void {
    if (to) {
      useWindows.setState((state) => {
        const moved = reduce(state, { type: 'evacuate', desktop: id, to: to.id });
        return state.desktop === id ? reduce(moved, { type: 'desktop', desktop: to.id }) : moved;
      });
    }
    this.#detach(id);
  }

  #showWanted(): void {
    const wanted = this.#wanted;
    if (!wanted) return;
    this.#wanted = null;
    if (this.#attached.has(wanted))
      useWindows.setState((state) => reduce(state, { type: 'desktop', desktop: wanted }));
    else this.#reportOnce('unknown-desktop');
  }

  #setList(all: readonly Desktop[]): void {
    if (JSON.stringify(useDesktops.getState().all) === JSON.stringify(all)) return;
    useDesktops.setState({ all });
    try {
      this.ports.writeList(all);
    } catch {
      this.#reportOnce('not-kept');
    }
  }

  /** The part of a document that this tab writes. */
  #projected(id: string): JsonObject {
    const state = useWindows.getState();
    const sizes = Object.entries(state.sizes[id] ?? {}).map(
      ([window, { width, height }]) => [window, [width, height].map(Math.round)] as const,
    );
    return {
      windows: writeLayout(state, state.faces, id),
      sizes: Object.fromEntries(sizes),
    };
  }

  /** Writes what changed in this tab into the documents. */
  #save(): void {
    if (this.#busy) return;
    const changes = [...this.#attached].flatMap(([id, attached]) => {
      const now = this.#projected(id);
      const patch = patchBetween(attached.known, now);
      return patch ? [{ attached, now, patch }] : [];
    });
    // A window that moves between desktops is in the new one before it is gone from the old one.
    const gains = ({ now }: { now: JsonObject }) => Object.keys(now.windows as JsonObject).length;
    const grown = ({ attached, now }: (typeof changes)[number]) =>
      gains({ now }) - gains({ now: attached.known });
    changes.sort((a, b) => grown(b) - grown(a));
    this.#busy = true;
    for (const { attached, now, patch } of changes) {
      attached.known = now;
      attached.document.change((value) => applyPatch(withFormat(value), patch));
      if (!attached.document.isKept) this.#reportOnce('not-kept');
    }
    this.#busy = false;
    const merged = [...this.#attached].filter(
      ([, { document, value }]) => value !== null && document.value !== value,
    );
    // While a document was stored, changes of another tab may have been merged in.
    if (changes.length > 0) this.#load(merged.map(([id]) => id));
  }

  #changed(id: string): void {
    const attached = this.#attached.get(id);
    if (!attached || this.#busy) return;
    if (attached.document.state === 'refused') this.#reportOnce('not-saved');
    if (attached.document.value !== attached.value) this.#load([id]);
  }

  #loadAll(): void {
    this.#load([...this.#attached.keys()]);
  }

  /** Takes over the documents. Nothing moves while the pointer drags a window. */
  #load(ids: readonly string[]): void {
    if (useWindows.getState().dragging) {
      this.#waiting = true;
      return;
    }
    this.#waiting = false;
    this.#save();
    this.#busy = true;
    const layouts = ids.flatMap((id): [string, Attached, Layout][] => {
      const attached = this.#attached.get(id);
      return attached ? [[id, attached, readLayout(attached.document.value)]] : [];
    });
    useWindows.setState((state) => {
      let next = state;
      // All windows that a desktop gained before any that it lost: one that moved stays open.
      for (const [desktop, , { windows, faces, sizes }] of layouts) {
        const known = new Set(next.open.map(({ id }) => id));
        const fresh = windows.filter(({ id }) => !known.has(id)).map(({ id }) => id);
        next = {
          ...next,
          ...reduce(next, { type: 'load', desktop, windows }),
          faces: withFaces(next.faces, faces),
          unseen: fresh.length === 0 ? next.unseen : [...next.unseen, ...fresh],
          sizes: equal(next.sizes[desktop] as never, sizes as never)
            ? next.sizes
            : { ...next.sizes, [desktop]: sizes },
        };
      }
      for (const [desktop, , { windows }] of layouts) {
        const kept = new Set(windows.map(({ id }) => id));
        next = { ...next, ...reduce(next, { type: 'drop', desktop, kept }) };
      }
      return next;
    });
    for (const [id, attached, { isNewer }] of layouts) {
      attached.known = this.#projected(id);
      attached.value = attached.document.value;
      if (isNewer) this.#reportOnce('newer-layout');
    }
    this.#busy = false;
  }

  #reportOnce(notice: Notice): void {
    if (this.#reported.has(notice)) return;
    this.#reported.add(notice);
    this.ports.report(notice);
  }
}

/**
 * A document that this device keeps at once and the server keeps for all devices: preferences, the
 * layout of a desktop. Changes show at once, are stored in the browser before anything else, and are
 * sent as merge patches when the network allows. What another device changed meanwhile is merged
 * field by field; where both changed the same field, the later one to reach the server holds.
 *
 * It knows no React and no fetch: see `DocumentPorts`.
 */
import { equal, type JsonObject, patchBetween, rebased } from './merge-patch';

/** What the server answers. The version grows with every change. */
export type Saved = { version: number; values: JsonObject };

export type DocumentPorts = {
  /** The text kept in this browser; null when there is none or storage is forbidden. */
  read: () => string | null;
  /** Keeps a text in this browser; throws when storage is full or forbidden. */
  write: (text: string) => void;
  load: () => Promise<Saved>;
  send: (patch: JsonObject) => Promise<Saved>;
  /** Whether a refused patch will be refused again, so that repeating it is useless. */
  isFinal: (error: unknown) => boolean;
  setTimeout: (run: () => void, milliseconds: number) => unknown;
  clearTimeout: (timer: never) => void;
};

/** Whether what is shown has reached the server. */
export type SyncState = 'saved' | 'unsaved' | 'offline' | 'refused';

/** Milliseconds after the last change until it is sent, and the most that a first change waits. */
const SEND_AFTER = 800;
const SEND_WITHIN = 4_000;
/** Milliseconds until a failed transfer is tried again: first and most. */
const RETRY_FIRST = 2_000;
const RETRY_MOST = 60_000;

type Kept = { version: number; base: JsonObject; value: JsonObject };

export class SyncedDocument {
  #version = 0;
  /** What the server had when it last answered. */
  #base: JsonObject = {};
  #value: JsonObject = {};
  #known = false;
  /** What this tab last stored, to see what another tab stored since. */
  #stored: JsonObject = {};
  #state: SyncState = 'saved';
  #storable = true;
  #timer: unknown = null;
  #waitingSince: number | null = null;
  #transfer: Promise<void> | null = null;
  #failures = 0;
  #closed = false;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly ports: DocumentPorts,
    private readonly now: () => number,
  ) {
    const kept = parseKept(ports.read());
    if (!kept) return;
    this.#version = kept.version;
    this.#base = kept.base;
    this.#value = kept.value;
    this.#stored = kept.value;
    this.#known = true;
    if (this.#isChanged) this.#state = 'unsaved';
  }

  get value(): JsonObject {
    return this.#value;
  }

  get state(): SyncState {
    return this.#state;
  }

  /** Whether this browser keeps changes that did not reach the server yet. */
  get isKept(): boolean {
    return this.#storable;
  }

  /** Whether this browser kept the document, or the server answered, or it was changed here. */
  get isKnown(): boolean {
    return this.#known;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows and keeps a change now, and sends it soon. */
  change(by: (value: JsonObject) => JsonObject): void {
    const next = by(this.#value);
    if (equal(next, this.#value)) return;
    this.#value = next;
    this.#known = true;
    this.#keep();
    this.#setState('unsaved');
    this.#schedule();
    this.#notify();
  }

  /** Fetches what the server has; sends what it does not have. */
  async refresh(): Promise<void> {
    if (this.#closed) return;
    try {
      this.received(await this.ports.load());
      this.#failures = 0;
      if (this.#isChanged) await this.flush();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Takes over what the server has, and keeps what this device changed since. */
  received(saved: Saved): void {
    if (saved.version < this.#version) return;
    const isFirst = !this.#known;
    this.#known = true;
    const value = rebased(this.#base, this.#value, saved.values);
    this.#base = saved.values;
    this.#version = saved.version;
    this.#show(value);
    if (isFirst) this.#notify();
  }

  /** Sends now what waits, for example when the page is hidden. */
  async flush(): Promise<void> {
    if (this.#closed) return;
    this.#transfer ??= this.#sendAll().finally(() => {
      this.#transfer = null;
    });
    await this.#transfer;
  }

  /** Takes over what another tab of this browser stored. */
  storageChanged(): void {
    const kept = parseKept(this.ports.read());
    if (!kept || equal(kept.value, this.#stored)) return;
    const value = rebased(this.#stored, this.#value, kept.value);
    this.#stored = kept.value;
    if (kept.version >= this.#version) {
      this.#base = kept.base;
      this.#version = kept.version;
    }
    this.#show(value);
  }

  /** Ends all transfers: what was not sent stays in this browser only. */
  close(): void {
    this.#closed = true;
    this.#clearTimer();
    this.#listeners.clear();
  }

  get #isChanged(): boolean {
    return !equal(this.#base, this.#value);
  }

  #show(value: JsonObject): void {
    const changed = !equal(value, this.#value);
    this.#value = value;
    this.#keep();
    if (!this.#isChanged) this.#setState('saved');
    if (changed) this.#notify();
  }

  async #sendAll(): Promise<void> {
    this.#clearTimer();
    this.#waitingSince = null;
    for (let patch = this.#patch(); patch; patch = this.#patch()) {
      const sent = this.#value;
      try {
        const saved = await this.ports.send(patch);
        // What changed while the patch was on its way is kept, and sent next.
        const value = rebased(sent, this.#value, saved.values);
        this.#base = saved.values;
        this.#version = Math.max(this.#version, saved.version);
        this.#failures = 0;
        this.#show(value);
      } catch (error) {
        this.#failed(error);
        return;
      }
    }
    this.#setState('saved');
  }

  #patch(): JsonObject | null {
    return patchBetween(this.#base, this.#value);
  }

  #failed(error: unknown): void {
    if (this.ports.isFinal(error)) {
      this.#setState('refused');
      return;
    }
    this.#failures += 1;
    this.#setState('offline');
    this.#clearTimer();
    if (this.#closed) return;
    const wait = Math.min(RETRY_FIRST * 2 ** (this.#failures - 1), RETRY_MOST);
    this.#timer = this.ports.setTimeout(() => void this.refresh(), wait);
  }

  #schedule(): void {
    if (this.#closed) return;
    const now = this.now();
    this.#waitingSince ??= now;
    // A clock that was set back must not make a change wait for ever.
    const waited = Math.max(0, now - this.#waitingSince);
    const wait = Math.max(0, Math.min(SEND_AFTER, SEND_WITHIN - waited));
    this.#clearTimer();
    this.#timer = this.ports.setTimeout(() => void this.flush(), wait);
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.ports.clearTimeout(this.#timer as never);
    this.#timer = null;
  }

  /** Stores the document after merging what another tab stored since. */
  #keep(): void {
    if (this.#closed) return;
    try {
      const kept = parseKept(this.ports.read());
      if (kept && !equal(kept.value, this.#stored)) {
        this.#value = rebased(this.#stored, this.#value, kept.value);
      }
      const text: Kept = { version: this.#version, base: this.#base, value: this.#value };
      this.ports.write(JSON.stringify(text));
      this.#stored = this.#value;
      this.#storable = true;
    } catch {
      this.#storable = false;
    }
  }

  #setState(state: SyncState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The kept document; null when the text is damaged or not ours. */
function parseKept(text: string | null): Kept | null {
  try {
    const read: unknown = JSON.parse(text ?? 'null');
    if (!isRecord(read) || !isRecord(read.base) || !isRecord(read.value)) return null;
    if (typeof read.version !== 'number') return null;
    return read as Kept;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

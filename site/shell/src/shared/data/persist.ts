/**
 * Keeps the lists of the last homes in this browser, so that the shell starts offline, and at once when
 * the network is slow. They are copies of what the server answered, and are always fetched again.
 */
import type { Me, Organization, Space } from '@prox/api-client';
import type { Query, QueryClient } from '@tanstack/react-query';
import { clear, createStore, delMany, entries, setMany, type UseStore } from 'idb-keyval';
import { lastHome } from '@/shared/lib/last-home';
import { lastAnswer } from '@/shared/lib/online';
import { readKept, wasForgotten, writeKept } from './kept';
import { keys } from './keys';

/** The build replaces it by a hash of the API's contract: older data could have another shape. */
declare const __CONTRACT__: string;

/** The facts that the desktop shows first, by the first part of their keys. */
const NAMES: readonly unknown[] = [
  keys.me,
  keys.organizations,
  keys.spaces(''),
  keys.items(''),
].map(([name]) => name);

/** The longest list in characters of JSON, and the most lists. */
const LENGTH_LIMIT = 1_000_000;
const COUNT_LIMIT = 60;
/** Milliseconds after which a list is too old to be shown. */
const MAX_AGE = 30 * 24 * 3_600_000;
/** Milliseconds between two writes, and between two notes of when the server answered last. */
const WRITE_INTERVAL = 1_000;
const NOTE_INTERVAL = 15_000;

export type Entry = {
  person: string;
  contract: string;
  key: readonly unknown[];
  /** JSON. */
  data: string;
  updatedAt: number;
};

/** The part of a key-value store that is used. */
export type Store = {
  entries: () => Promise<[string, Entry][]>;
  setMany: (entries: [string, Entry][]) => Promise<void>;
  delMany: (names: string[]) => Promise<void>;
  clear: () => Promise<void>;
};

let opened: UseStore | null = null;
const database = () => {
  opened ??= createStore('prox', 'homes');
  return opened;
};

export const stored: Store = {
  entries: async () => entries<string, Entry>(database()),
  setMany: async (all) => setMany(all, database()),
  delMany: async (names) => delMany(names, database()),
  clear: async () => clear(database()),
};

const isUsable = ({ contract, updatedAt }: Entry, now: number) =>
  contract === __CONTRACT__ && Math.abs(now - updatedAt) < MAX_AGE;

/** Fills the cache with what was kept of the person. All of it counts as out of date. */
export async function restoreHomes(
  client: QueryClient,
  person: string,
  store: Store = stored,
  now: number = Date.now(),
): Promise<void> {
  for (const [, entry] of await store.entries()) {
    if (entry.person !== person || !isUsable(entry, now)) continue;
    const { key, data, updatedAt } = entry;
    // An answer that was faster is fresher.
    if (client.getQueryData(key) !== undefined) continue;
    client.setQueryData(key, JSON.parse(data), { updatedAt });
    void client.invalidateQueries({ queryKey: key, exact: true, refetchType: 'none' });
  }
}

/** Writes what the server answers into the store, until storage fails or the person signs out. */
export class HomeKeeper {
  readonly #changed = new Map<string, Query>();
  /** Whose data this tab keeps. */
  #owner: string | null = null;
  #pruned = false;
  #failure: unknown = null;

  constructor(
    private readonly client: QueryClient,
    private readonly store: Store = stored,
  ) {}

  /** Looks at every change of the cache. Returns a function that ends it. */
  start(): () => void {
    const cache = this.client.getQueryCache();
    for (const query of cache.getAll()) this.#note(query);
    return cache.subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success') this.#note(event.query);
      // The cache is cleared when the person changes.
      if (event.type === 'removed' && event.query.queryKey[0] === keys.me[0]) this.#forget();
    });
  }

  #note(query: Query): void {
    const { status, isInvalidated } = query.state;
    // What was restored is out of date, and kept already.
    if (status === 'success' && !isInvalidated && NAMES.includes(query.queryKey[0])) {
      this.#changed.set(query.queryHash, query);
    }
  }

  #forget(): void {
    this.#changed.clear();
    this.#owner = null;
    this.#pruned = false;
  }

  /** Writes what changed. Throws once when the storage is full or forbidden; then nothing is kept. */
  async write(now: number = Date.now()): Promise<void> {
    if (this.#changed.size === 0 || this.#failure !== null) return;
    try {
      await this.#writeChanged(now);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async #writeChanged(now: number): Promise<void> {
    const person = this.client.getQueryData<Me>(keys.me)?.id;
    if (person === undefined || !(await this.#claim(person, now))) return;
    const queries = [...this.#changed.values()];
    this.#changed.clear();
    const kept: [string, Entry][] = [];
    const dropped: string[] = [];
    for (const { queryHash, queryKey, state } of queries) {
      const data = JSON.stringify(state.data);
      // Without spaces, the shell would ask for a name before it knows better.
      const isEmpty = queryKey[0] === keys.spaces('')[0] && data === '[]';
      if (isEmpty || data.length > LENGTH_LIMIT) dropped.push(queryHash);
      else {
        const entry = { person, contract: __CONTRACT__, key: queryKey, data };
        kept.push([queryHash, { ...entry, updatedAt: state.dataUpdatedAt }]);
      }
    }
    if (kept.length > 0) await this.store.setMany(kept);
    if (dropped.length > 0) await this.store.delMany(dropped);
    if (!this.#pruned) await this.#prune(person, now);
    // Another tab may have signed out meanwhile.
    if (readKept()?.person !== person) await this.store.clear();
  }

  /** Whether the store is this person's: the first write of a tab makes it so. */
  async #claim(person: string, now: number): Promise<boolean> {
    const kept = readKept();
    if (kept?.person !== person) {
      // Another tab signed out, and maybe somebody else in; or this tab did, and still shows the sign-in.
      if (this.#owner === person || wasForgotten()) return false;
      await this.store.clear();
      if (wasForgotten()) return false;
      writeKept({ person, at: lastAnswer() ?? now, space: lastHome(person)?.id ?? null });
    }
    this.#owner = person;
    return true;
  }

  async #prune(person: string, now: number): Promise<void> {
    const all = await this.store.entries();
    const usable = all.filter(([, one]) => one.person === person && isUsable(one, now));
    const gone = this.#leftLists(usable.map(([, one]) => one));
    const newest = usable
      .filter(([, { key }]) => !gone.has(key[1]))
      .toSorted(([, a], [, b]) => b.updatedAt - a.updatedAt);
    const staying = new Set(newest.slice(0, COUNT_LIMIT).map(([name]) => name));
    const old = all.map(([name]) => name).filter((name) => !staying.has(name));
    if (old.length > 0) await this.store.delMany(old);
    this.#pruned = true;
  }

  /** The ids of organizations that the person is no longer in, and of their spaces. */
  #leftLists(all: readonly Entry[]): Set<unknown> {
    const state = this.client.getQueryState<readonly Organization[]>(keys.organizations);
    const ids = new Set<unknown>();
    if (!state?.data || state.isInvalidated) return ids;
    const own = new Set<unknown>(state.data.map(({ id }) => id));
    for (const { key, data } of all) {
      if (key[0] !== keys.spaces('')[0] || own.has(key[1])) continue;
      ids.add(key[1]);
      for (const { id } of JSON.parse(data) as Space[]) ids.add(id);
    }
    return ids;
  }
}

/** Notes when the home that is shown was current. */
function noteAnswer(): void {
  const kept = readKept();
  const at = lastAnswer();
  if (!kept || at === null || at <= kept.at) return;
  try {
    writeKept({ ...kept, at, space: lastHome(kept.person)?.id ?? null });
  } catch {
    // Storage is full: the older time stands.
  }
}

/** Keeps the homes of the signed-in person until the page is left; reports when storage fails. */
export function keepHomes(client: QueryClient, failed: (error: unknown) => void): void {
  const keeper = new HomeKeeper(client);
  keeper.start();
  const write = () => void keeper.write().catch(failed);
  setInterval(write, WRITE_INTERVAL);
  setInterval(noteAnswer, NOTE_INTERVAL);
  addEventListener('pagehide', noteAnswer);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden') return;
    noteAnswer();
    write();
  });
}

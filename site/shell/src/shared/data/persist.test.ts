import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { forgetKept, keepAgain, readKept } from './kept';
import { keys } from './keys';
import { type Entry, HomeKeeper, restoreHomes, type Store } from './persist';

class MemoryStore implements Store {
  readonly all = new Map<string, Entry>();
  failure: Error | null = null;
  entries = async (): Promise<[string, Entry][]> => [...this.all];
  setMany = async (entries: [string, Entry][]) => {
    if (this.failure) throw this.failure;
    for (const [name, entry] of entries) this.all.set(name, structuredClone(entry));
  };
  delMany = async (names: string[]) => {
    for (const name of names) this.all.delete(name);
  };
  clear = async () => this.all.clear();
  get kept() {
    return [...this.all.values()].map(({ key }) => key.join(' ')).toSorted();
  }
}

const ORG = 'org_1';
const SPACE = 'spc_1';
const ada = { id: 'usr_ada', handle: 'ada' };
const grace = { id: 'usr_grace', handle: 'grace' };

let client: QueryClient;
let store: MemoryStore;
let keeper: HomeKeeper;
let local: Map<string, string>;

/** What the server answers for a home. */
function answer(me: { id: string }, to = client, organizations = [{ id: ORG }]): void {
  to.setQueryData(keys.me, me);
  to.setQueryData(keys.organizations, organizations);
  to.setQueryData(keys.spaces(ORG), [{ id: SPACE }]);
  to.setQueryData(keys.items(SPACE), [{ id: 'itm_1', title: 'Tides' }]);
}

const HOME = [`items ${SPACE}`, 'me', 'organizations', `spaces ${ORG}`];

beforeEach(() => {
  client = new QueryClient();
  store = new MemoryStore();
  keeper = new HomeKeeper(client, store);
  keeper.start();
  local = new Map();
  keepAgain();
  globalThis.localStorage = {
    getItem: (name: string) => local.get(name) ?? null,
    setItem: (name: string, value: string) => void local.set(name, value),
    removeItem: (name: string) => void local.delete(name),
  } as Storage;
});

describe('keeping', () => {
  it('keeps the facts of the home, and nothing else', async () => {
    answer(ada);
    client.setQueryData(keys.sessions, [{ id: 'ses_1' }]);
    client.setQueryData(keys.members(ORG), []);
    await keeper.write();
    expect(store.kept).toEqual(HOME);
    expect(readKept()?.person).toBe(ada.id);
  });

  it('keeps nothing before it knows the person', async () => {
    client.setQueryData(keys.items(SPACE), []);
    await keeper.write();
    expect(store.kept).toEqual([]);
    answer(ada);
    await keeper.write();
    expect(store.kept).toEqual(HOME);
  });

  it('keeps no list that is too long, and drops the older one', async () => {
    answer(ada);
    await keeper.write();
    client.setQueryData(keys.items(SPACE), [{ id: 'itm_1', body: 'x'.repeat(1_000_001) }]);
    await keeper.write();
    expect(store.kept).toEqual(HOME.filter((name) => !name.startsWith('items')));
  });

  it('keeps no organization without spaces', async () => {
    answer(ada);
    client.setQueryData(keys.spaces(ORG), []);
    await keeper.write();
    expect(store.kept).not.toContain(`spaces ${ORG}`);
  });

  it('keeps the newest sixty lists', async () => {
    answer(ada);
    const old = Date.now() - 1_000_000;
    for (let at = 0; at < 80; at += 1) {
      client.setQueryData(keys.items(`spc_${at}x`), [], { updatedAt: old + at });
    }
    await keeper.write();
    expect(store.all.size).toBe(60);
    expect(store.kept).toEqual(expect.arrayContaining([...HOME, 'items spc_79x']));
    expect(store.kept).not.toContain('items spc_0x');
  });

  it('drops what belongs to an organization that the person left', async () => {
    answer(ada);
    await keeper.write();
    const later = new QueryClient();
    const laterKeeper = new HomeKeeper(later, store);
    laterKeeper.start();
    later.setQueryData(keys.me, ada);
    later.setQueryData(keys.organizations, [{ id: 'org_2' }]);
    await laterKeeper.write();
    expect(store.kept).toEqual(['me', 'organizations']);
  });

  it('replaces the homes of another person', async () => {
    answer(ada);
    await keeper.write();
    client.clear();
    client.setQueryData(keys.me, grace);
    await keeper.write();
    expect([...store.all.values()].map(({ person }) => person)).toEqual([grace.id]);
    expect(readKept()?.person).toBe(grace.id);
  });

  it('keeps nothing after another tab signed out', async () => {
    answer(ada);
    await keeper.write();
    local.clear();
    await store.clear();
    client.setQueryData(keys.items(SPACE), []);
    await keeper.write();
    expect(store.kept).toEqual([]);
    expect(readKept()).toBeNull();
  });

  it('keeps again after the person signed in again', async () => {
    answer(ada);
    await keeper.write();
    local.clear();
    await store.clear();
    client.clear();
    answer(ada);
    await keeper.write();
    expect(store.kept).toEqual(HOME);
  });

  it('keeps nothing of a session that ended before it started', async () => {
    answer(ada);
    await forgetKept();
    const late = new HomeKeeper(client, store);
    late.start();
    await late.write();
    expect(store.kept).toEqual([]);
    expect(readKept()).toBeNull();
    client.clear();
    keepAgain();
    answer(ada);
    await late.write();
    expect(store.kept).toEqual(HOME);
  });

  it('reports a full storage once, and then keeps nothing', async () => {
    answer(ada);
    store.failure = new DOMException('full', 'QuotaExceededError');
    await expect(keeper.write()).rejects.toThrow('full');
    answer(ada);
    await keeper.write();
    expect(store.kept).toEqual([]);
  });

  it('reports a forbidden storage once', async () => {
    globalThis.localStorage = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('forbidden', 'SecurityError');
      },
    } as unknown as Storage;
    answer(ada);
    await expect(keeper.write()).rejects.toThrow('forbidden');
    expect(store.kept).toEqual([]);
  });
});

describe('restoring', () => {
  let next: QueryClient;

  beforeEach(async () => {
    answer(ada);
    await keeper.write();
    next = new QueryClient();
  });

  it('shows what was kept, and counts it as out of date', async () => {
    await restoreHomes(next, ada.id, store);
    expect(next.getQueryData(keys.items(SPACE))).toEqual([{ id: 'itm_1', title: 'Tides' }]);
    for (const query of next.getQueryCache().getAll()) {
      expect(query.isStaleByTime(Number.POSITIVE_INFINITY), query.queryHash).toBe(true);
      expect(query.state.dataUpdatedAt).toBe(client.getQueryState(query.queryKey)?.dataUpdatedAt);
    }
  });

  it('restored data is not written again', async () => {
    await restoreHomes(next, ada.id, store);
    const again = new HomeKeeper(next, store);
    again.start();
    await store.clear();
    await again.write();
    expect(store.kept).toEqual([]);
  });

  it('keeps what the server answered faster', async () => {
    next.setQueryData(keys.items(SPACE), []);
    await restoreHomes(next, ada.id, store);
    expect(next.getQueryData(keys.items(SPACE))).toEqual([]);
    expect(next.getQueryState(keys.items(SPACE))?.isInvalidated).toBe(false);
  });

  it.each([
    ['another person', grace.id, Date.now(), (entry: Entry) => entry],
    ['another contract', ada.id, Date.now(), (entry: Entry) => ({ ...entry, contract: 'older' })],
    ['a month ago', ada.id, Date.now() + 31 * 24 * 3_600_000, (entry: Entry) => entry],
    [
      'a clock that was set back',
      ada.id,
      Date.now() - 31 * 24 * 3_600_000,
      (entry: Entry) => entry,
    ],
  ])('shows nothing of %s', async (_, person, now, change) => {
    for (const [name, entry] of store.all) store.all.set(name, change(entry));
    await restoreHomes(next, person, store, now);
    expect(next.getQueryCache().getAll()).toEqual([]);
  });
});

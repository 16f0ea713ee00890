import { beforeEach, describe, expect, it } from 'vitest';
import { type File, Versions } from './versions';

/** The part of `CacheStorage` that is used, in memory. */
class MemoryCaches {
  readonly all = new Map<string, Map<string, Response>>();
  full = false;
  async keys() {
    return [...this.all.keys()];
  }
  async has(name: string) {
    return this.all.has(name);
  }
  async delete(name: string) {
    return this.all.delete(name);
  }
  async open(name: string) {
    const entries = this.all.get(name) ?? new Map<string, Response>();
    this.all.set(name, entries);
    return {
      match: async (path: string) => entries.get(path)?.clone(),
      put: async (path: string, response: Response) => {
        if (this.full) throw new DOMException('full', 'QuotaExceededError');
        entries.set(path, response);
      },
    };
  }
}

const FILES: Record<string, File[]> = {
  one: [
    { path: '/theme.js' },
    { path: '/assets/a-1.js' },
    { path: '/assets/b-1.js' },
    { path: '/' },
  ],
  two: [
    { path: '/theme.js' },
    { path: '/assets/a-2.js' },
    { path: '/assets/b-1.js' },
    { path: '/' },
  ],
};

let caches: MemoryCaches;
let fetched: string[];
let answers: Record<string, () => Response>;

const text =
  (body: string, type = 'text/javascript') =>
  () =>
    new Response(body, { headers: { 'content-type': type } });

function version(name: string, files = FILES[name] ?? FILES.one ?? []) {
  return new Versions(
    caches as unknown as CacheStorage,
    async (path) => {
      fetched.push(path);
      // A static host answers the page for what it does not have.
      return (answers[path] ?? text('the page', 'text/html; charset=utf-8'))();
    },
    name,
    files,
  );
}

beforeEach(() => {
  caches = new MemoryCaches();
  fetched = [];
  answers = {
    '/theme.js': text('theme'),
    '/assets/a-1.js': text('a1'),
    '/assets/a-2.js': text('a2'),
    '/assets/b-1.js': text('b1'),
  };
});

describe('an install', () => {
  it('keeps every file, the page last', async () => {
    await version('one').install();
    expect(fetched.at(-1)).toBe('/');
    expect([...(caches.all.get('shell-one')?.keys() ?? [])].toSorted()).toEqual([
      '/',
      '/assets/a-1.js',
      '/assets/b-1.js',
      '/theme.js',
    ]);
  });

  it('takes unchanged files from the version before', async () => {
    await version('one').install();
    fetched = [];
    await version('two').install();
    expect(fetched.toSorted()).toEqual(['/', '/assets/a-2.js', '/theme.js']);
    expect(await (await version('two').file('/assets/b-1.js'))?.text()).toBe('b1');
  });

  it.each([
    ['a file is missing', () => text('the page', 'text/html')()],
    ['the server fails', () => new Response('', { status: 500 })],
    [
      'the network fails',
      () => {
        throw new TypeError('Failed to fetch');
      },
    ],
  ])('keeps nothing when %s', async (_, answer) => {
    await version('one').install();
    answers['/assets/a-2.js'] = answer;
    await expect(version('two').install()).rejects.toThrow();
    expect(await caches.keys()).toEqual(['shell-one']);
    expect(await (await version('one').newestPage())?.text()).toBe('the page');
  });

  it('keeps nothing when the storage is full', async () => {
    caches.full = true;
    await expect(version('one').install()).rejects.toThrow('full');
    expect(await caches.keys()).toEqual([]);
  });
});

describe('a file', () => {
  it('comes from an older version when this one has it not', async () => {
    await version('one').install();
    await version('two').install();
    expect(await (await version('two').file('/assets/a-1.js'))?.text()).toBe('a1');
    expect(await version('two').file('/assets/none.js')).toBeUndefined();
  });

  it('comes from this version when several have it', async () => {
    await version('one').install();
    answers['/theme.js'] = text('new theme');
    await version('two').install();
    expect(await (await version('one').file('/theme.js'))?.text()).toBe('theme');
    expect(await (await version('two').file('/theme.js'))?.text()).toBe('new theme');
  });
});

describe('the page', () => {
  it('is the newest of a complete version', async () => {
    answers['/'] = text('first page', 'text/html');
    await version('one').install();
    answers['/'] = text('second page', 'text/html');
    await version('two').install();
    // An install that is running has files, but no page.
    await (await caches.open('shell-three')).put('/theme.js', new Response('theme'));
    expect(await (await version('one').page())?.text()).toBe('first page');
    expect(await (await version('one').newestPage())?.text()).toBe('second page');
  });
});

it('the two versions before the newest stay', async () => {
  await caches.open('of another part');
  for (const name of ['one', 'two', 'three', 'four']) await version(name, FILES.one).install();
  await version('four').prune();
  expect(await caches.keys()).toEqual([
    'of another part',
    'shell-two',
    'shell-three',
    'shell-four',
  ]);
});

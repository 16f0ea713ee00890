import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { forgetShareToken, shareToken } from './share-token';

const script = readFileSync(new URL('../../../public/early.js', import.meta.url), 'utf8');

/** A page at an address; `closed`: the browser gives it no storage. */
function open(address: string, closed = false) {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const at = new URL(address, 'https://home.example');
  const location = { pathname: at.pathname, search: at.search };
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, path: string) =>
      Object.assign(location, { pathname: path, search: '' }),
  };
  const page = {
    location,
    history,
    navigator: {},
    URLSearchParams,
    get sessionStorage() {
      if (closed) throw new DOMException('closed', 'SecurityError');
      return storage;
    },
  };
  runInNewContext(script, page);
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', history);
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get: () => page.sessionStorage,
  });
  return { location, kept };
}

beforeEach(() => vi.unstubAllGlobals());
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'sessionStorage');
});

it('a token is taken out of the address and forgotten after its use', () => {
  const { location, kept } = open('/shared?link=secret');
  expect(location).toEqual({ pathname: '/shared', search: '' });
  expect(shareToken()).toBe('secret');
  forgetShareToken();
  expect(shareToken()).toBeNull();
  expect(kept.size).toBe(0);
});

it('without storage the token stays in the address until its use', () => {
  const { location } = open('/shared?link=secret', true);
  expect(location.search).toBe('?link=secret');
  expect(shareToken()).toBe('secret');
  forgetShareToken();
  expect(location).toEqual({ pathname: '/shared', search: '' });
  expect(shareToken()).toBeNull();
});

it('other addresses are left alone', () => {
  expect(open('/share?link=x').location.search).toBe('?link=x');
  expect(open('/shared').kept.size).toBe(0);
});

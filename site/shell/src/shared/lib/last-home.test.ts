import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lastCover, lastHome, rememberHome } from './last-home';

const stored = new Map<string, string>();

beforeEach(() =>
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  }),
);
afterEach(() => stored.clear());

const home = { organization: 'ada', space: 'home', id: 'spc_1' };

it('the last home is that of the person who had it open', () => {
  rememberHome('usr_1', home, 'art');
  expect(lastHome('usr_1')).toEqual(home);
  expect(lastHome('usr_2')).toBeNull();
});

const table: [path: string, cover: string][] = [
  ['/', 'art'],
  ['/start', 'art'],
  ['/o/ada', 'art'],
  ['/o/ada/home', 'art'],
  ['/o/ada/notes', 'none'],
  ['/o/bob/home', 'none'],
];
for (const [path, cover] of table)
  it(`the cover before the first response at ${path} is ${cover}`, () => {
    rememberHome('usr_1', home, 'art');
    expect(lastCover(path)).toBe(cover);
  });

for (const text of ['', '[]', '{', 'null', '{"organization":"ada","space":"home","cover":7}'])
  it(`no cover is known from “${text}”`, () => {
    stored.set('prox.last-home', text);
    expect(lastCover('/o/ada/home')).toBe('none');
  });

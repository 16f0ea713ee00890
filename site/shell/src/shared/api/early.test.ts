import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dropEarly, takeEarly } from './early';

const script = readFileSync(new URL('../../../public/early.js', import.meta.url), 'utf8');
const answerOf = (path: string) =>
  path === '/api/me' ? Response.json({ handle: 'ada' }) : Response.json({ items: [] });

type Options = {
  kept?: string;
  forbidden?: boolean;
  controlled?: boolean;
  answer?: (path: string) => Response;
};

/** Runs `public/early.js` in a page at a path; gives the paths that it asked for. */
async function run(pathname: string, options: Options = {}): Promise<string[]> {
  const { kept = null, forbidden = false, controlled = false, answer = answerOf } = options;
  const asked: string[] = [];
  const page: Partial<Window> = {};
  runInNewContext(script, {
    window: page,
    location: { pathname, search: '' },
    localStorage: {
      getItem: () => {
        if (forbidden) throw new DOMException('no', 'SecurityError');
        return kept;
      },
    },
    navigator: { serviceWorker: { controller: controlled ? {} : null } },
    fetch: async (path: string) => {
      asked.push(path);
      return answer(path);
    },
  });
  // The lists of the own home are asked for when the person is known.
  for (let before = -1; before !== asked.length; ) {
    before = asked.length;
    await new Promise((resolve) => setTimeout(resolve));
  }
  vi.stubGlobal('window', page);
  return asked;
}

const get = (path: string) => new Request(`https://home.example${path}`);

afterEach(() => vi.unstubAllGlobals());

describe('answers that were asked for early', () => {
  const person = ['/api/me', '/api/me/organizations?limit=200'];
  const home = [
    '/api/organizations/ada/spaces?limit=200',
    '/api/organizations/ada/spaces/home/items?limit=200',
  ];

  it('are those of the space at the address', async () => {
    expect(await run('/o/ada/home')).toEqual([...person, ...home]);
    expect(await run('/o/ada')).toEqual([...person, home[0]]);
  });

  it('are those of the own home at the start', async () => {
    expect(await run('/start')).toEqual([...person, ...home]);
    expect(await run('/start', { forbidden: true })).toEqual([...person, ...home]);
  });

  it('are only of the person where the last home is kept, or nobody is signed in', async () => {
    expect(await run('/start', { kept: '{}' })).toEqual(person);
    const refuse = () => new Response('{}', { status: 401 });
    expect(await run('/start', { answer: refuse })).toEqual(person);
  });

  it('are none on other pages, and none where a service worker has the code', async () => {
    for (const path of ['/', '/sign-in', '/o/ada/home/more', '/o/../x']) {
      expect(await run(path), path).toEqual([]);
    }
    expect(await run('/o/ada/home', { controlled: true })).toEqual([]);
  });

  it('are given once, to a request of the same address', async () => {
    await run('/o/ada/home');
    const first = await takeEarly(get('/api/me'));
    expect(await first?.json()).toEqual({ handle: 'ada' });
    expect(takeEarly(get('/api/me'))).toBeUndefined();
    expect(takeEarly(get('/api/me/organizations?limit=50'))).toBeUndefined();
    expect(takeEarly(new Request(get('/api/me/organizations?limit=200'), { method: 'POST' }))).toBe(
      undefined,
    );
  });

  it('are forgotten when nobody took them', async () => {
    await run('/o/ada/home');
    dropEarly();
    expect(takeEarly(get('/api/me'))).toBeUndefined();
  });
});

// The edge worker: hosts, the age of pages, and requests that pass through unchanged.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolver, type StandIn, standIn } from '../harness/servers.ts';
import { type Answer, type Asked, ask, missingHeaders } from './support/http.ts';
import type { Person } from './support/person.ts';
import { eventually, type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let shell: StandIn;
let dns: StandIn;
let ada: Person;
let bob: Person;
const records: Record<string, Record<string, string[]>> = {};
/** The shell's server: its requests, and its answer. */
let onShell: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  shell = await standIn((request, response) => onShell(request, response));
  dns = await resolver(() => records);
  stack = await startStack({
    shellOrigin: shell.origin,
    vars: { DOH_URL: `${dns.origin}/dns-query`, CNAME_TARGET: 'homes.example.net' },
  });
  [ada, bob] = await Promise.all([stack.person('ada'), stack.person('bob')]);
  await Promise.all([
    publishHome(ada, 'Ada’s engines', 'ada.example.org'),
    publishHome(bob, 'Bob’s boats', 'bob.example.org'),
  ]);
});

afterAll(async () => {
  await stack?.stop();
  await shell?.stop();
  await dns?.stop();
});

/** Creates a person's home, publishes it, and serves it at a hostname of theirs. */
async function publishHome(person: Person, title: string, hostname: string) {
  const spaces = `/api/organizations/${person.handle}/spaces`;
  await person.does('POST', spaces, { title, slug: 'home' });
  await person.does('POST', `${spaces}/home/publish`);
  const domain = await person.does('POST', `${spaces}/home/domains`, { hostname });
  for (const { type, name, value } of domain.records) {
    records[name] = { ...records[name], [type]: [type === 'TXT' ? `"${value}"` : `${value}.`] };
  }
  const verified = await person.does('POST', `${spaces}/home/domains/${domain.id}/verify`);
  expect(verified).toMatchObject({ status: 'verified' });
}

function at(host: string, path: string, asked: Asked = {}): Promise<Answer> {
  return ask(stack.origin, path, { ...asked, headers: { ...asked.headers, host } });
}

describe('custom hosts', () => {
  test('a custom host serves its space in every format', async () => {
    const page = await at('ada.example.org', '/');
    expect(page.status).toBe(200);
    expect(page.header('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('Ada’s engines');
    for (const format of ['md', 'json', 'rss']) {
      const alternate = await at('ada.example.org', `/index.${format}`);
      expect(alternate.status).toBe(200);
      expect(alternate.text).toContain('Ada’s engines');
      expect(alternate.header('access-control-allow-origin')).toBe('*');
    }
  });

  test('a custom host matches in any case and form', async () => {
    const { port } = new URL(stack.origin);
    for (const host of ['ADA.example.org', 'ada.example.org.', `ada.example.org:${port}`]) {
      expect((await at(host, '/')).text, host).toContain('Ada’s engines');
    }
  });

  test('two custom hosts never share a page, though their paths are the same', async () => {
    for (let i = 0; i < 3; i++) {
      for (const path of ['/', '/index.md', '/index.json', '/index.rss']) {
        const [hers, his] = await Promise.all([
          at('ada.example.org', path),
          at('bob.example.org', path),
        ]);
        expect(hers.text).toContain('Ada’s engines');
        expect(hers.text).not.toContain('Bob’s boats');
        expect(his.text).toContain('Bob’s boats');
        expect(his.text).not.toContain('Ada’s engines');
      }
    }
  });

  test('a custom host serves neither the shell nor the API', async () => {
    onShell = (_, response) => response.end('the shell');
    for (const path of [
      '/sign-in',
      '/assets/index.js',
      '/api',
      '/api/health',
      '/api/auth/google',
      '/api/openapi.json',
      '/hooks/slack',
      '/@bob',
      '/%2e%2e/api/health',
    ]) {
      const answer = await at('ada.example.org', path, { headers: { cookie: ada.cookie } });
      expect(answer.status, path).toBe(404);
      expect(answer.text, path).not.toContain('the shell');
      expect(answer.text, path).not.toContain('Bob');
    }
  });

  test('a custom host accepts only GET and HEAD', async () => {
    const head = await at('ada.example.org', '/', { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await at('ada.example.org', '/', { method });
      expect(answer.status, method).toBe(405);
      expect(answer.header('allow')).toBe('GET, HEAD');
    }
  });

  test('a custom host has a sitemap of its own page, rules for crawlers and an icon', async () => {
    const sitemap = await at('ada.example.org', '/sitemap.xml');
    expect(sitemap.status).toBe(200);
    expect(sitemap.text.match(/<loc>/g)).toHaveLength(1);
    expect(sitemap.text).toContain('//ada.example.org');
    expect((await at('ada.example.org', '/robots.txt')).text).toContain('User-agent: *');
    const icon = await at('ada.example.org', '/favicon.ico');
    expect(icon.header('content-type')).toBe('image/svg+xml');
  });

  test('no cookie and no token goes in either direction', async () => {
    await at('ada.example.org', '/');
    for (const headers of [{ cookie: ada.cookie }, bearer(ada)]) {
      const answer = await at('ada.example.org', '/', { headers });
      expect(answer.header('set-cookie')).toBeUndefined();
      expect(answer.header('cache-control')).toContain('public');
      expect(answer.header('vary')).toBeUndefined();
    }
    // The API saw none of them either: a reader's own page is asked for each time.
    const before = await pagesOfApi();
    const asked = Array.from({ length: 20 }, () =>
      at('ada.example.org', '/', { headers: { cookie: ada.cookie } }),
    );
    await Promise.all(asked);
    expect((await pagesOfApi()) - before).toBeLessThanOrEqual(2);
  });

  test('a host that no space uses answers 421 for every path', async () => {
    for (const host of ['nobody.example.org', 'www.ada.example.org']) {
      for (const path of ['/', '/index.md', '/any/path', '/@ada', '/robots.txt', '/favicon.ico']) {
        const answer = await at(host, path);
        expect(answer.status, `${host}${path}`).toBe(421);
      }
    }
    for (const host of ['127.0.0.1', 'localhost', '[::1]', 'com']) {
      const answer = await at(host, '/api/health');
      expect(answer.status, host).toBe(421);
      expect(answer.json()).toMatchObject({ code: 'unknown_host' });
    }
    const html = await at('127.0.0.1', '/', { headers: { accept: 'text/html' } });
    expect(html.status).toBe(421);
    expect(html.header('content-type')).toContain('text/html');
    expect(html.text).toContain('<h1>Nothing is published here</h1>');
    expect(html.header('strict-transport-security')).toContain('max-age=');
    expect(html.header('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(html.header('x-content-type-options')).toBe('nosniff');
    // Its policy allows only its own style sheet.
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(html.text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html.header('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
  });

  test('x-prox-host from outside is ignored', async () => {
    const forged = { 'x-prox-host': 'bob.example.org', 'X-Prox-Anything': '1' };
    const onApp = await ask(stack.origin, '/@ada', { headers: forged });
    expect(onApp.text).toContain('Ada’s engines');
    const onHost = await at('ada.example.org', '/', { headers: forged });
    expect(onHost.text).toContain('Ada’s engines');
    const missing = await ask(stack.origin, '/api/nothing', { headers: forged });
    expect(missing.json()).toMatchObject({ code: 'not_found' });
    const api = await ask(stack.origin, '/api/health', { headers: forged });
    expect(api.status).toBe(200);
  });
});

describe('the app’s host', () => {
  test('crawlers get a sitemap, rules and an icon', async () => {
    const sitemap = await ask(stack.origin, '/sitemap.xml');
    expect(sitemap.header('content-type')).toBe('application/xml');
    expect(sitemap.text).toContain(`/@${ada.handle}</loc>`);
    expect((await ask(stack.origin, '/robots.txt')).text).toContain('/sitemap.xml');
    const icon = await ask(stack.origin, '/favicon.ico');
    expect(icon.header('content-type')).toBe('image/x-icon');
  });

  test('other forms of an address redirect to the canonical one', async () => {
    for (const path of ['/%40ada', '/@Ada', '/@ada/', '/@ada/home']) {
      const answer = await ask(stack.origin, path);
      expect(answer.status, path).toBe(308);
      expect(answer.header('location')).toBe('/@ada');
    }
  });

  test('an address without a page answers with an error page', async () => {
    for (const path of ['/d/x', '/s/x', '/@nobody']) {
      const answer = await ask(stack.origin, path);
      expect(answer.status, path).toBe(404);
      expect(answer.header('content-type')).toContain('text/html');
    }
  });

  test('a public page accepts only GET and HEAD, and lists them', async () => {
    const answer = await ask(stack.origin, '/@ada', { method: 'POST' });
    expect(answer.status).toBe(405);
    expect(answer.header('allow')).toBe('GET, HEAD');
    expect(answer.header('strict-transport-security')).toContain('max-age=');
  });
});

describe('a reader with credentials on the app’s host', () => {
  const times = 6;

  /** The number of requests to the API that a page costs when it is asked for several times at once. */
  async function costOf(path: string, headers: Record<string, string>) {
    const before = await pagesOfApi();
    const answers = await Promise.all(
      Array.from({ length: times }, () => ask(stack.origin, path, { headers })),
    );
    return { answers, cost: (await pagesOfApi()) - before };
  }

  test('a page is asked for each time, and never becomes a copy', async () => {
    const spaces = `/api/organizations/${ada.handle}/spaces`;
    await ada.does('POST', spaces, { title: 'Personal', slug: 'personal' });
    await ada.does('POST', `${spaces}/personal/publish`);
    for (const headers of [
      { cookie: ada.cookie },
      { cookie: `theme=dark; ${ada.cookie}` },
      bearer(ada),
      { authorization: 'Basic eDp5' },
      // Whether they are valid is for the API to say.
      { cookie: 'prox=nonsense' },
    ]) {
      const { answers, cost } = await costOf('/@ada/personal', headers);
      expect(answers.map((answer) => answer.status)).toEqual(Array(times).fill(200));
      expect(cost, JSON.stringify(headers)).toBe(times);
    }
    // There is no copy for the first reader without credentials.
    const before = await pagesOfApi();
    const anonymous = await ask(stack.origin, '/@ada/personal');
    expect(anonymous.header('vary')).toBe('cookie, authorization');
    expect((await pagesOfApi()) - before).toBe(1);
    // Nor is a fresh copy an answer to a reader with credentials.
    expect((await costOf('/@ada/personal', { cookie: ada.cookie })).cost).toBe(times);
  });

  test('a cookie that only resembles the session’s does not count', async () => {
    for (const cookie of [
      'xprox=1',
      'prox_theme=dark',
      '__Host-prox=ses_1.a',
      'a=prox=1',
      'prox=1; prox=2',
    ]) {
      const { answers, cost } = await costOf('/@ada', { cookie });
      expect(cost, cookie).toBeLessThanOrEqual(2);
      for (const answer of answers) expect(answer.header('cache-control')).toContain('public');
    }
  });

  test('other files than pages are the same for every reader', async () => {
    for (const path of ['/robots.txt', '/sitemap.xml', '/favicon.ico']) {
      const { answers, cost } = await costOf(path, { cookie: ada.cookie });
      expect(cost, path).toBeLessThanOrEqual(2);
      for (const answer of answers) expect(answer.header('vary')).toBeUndefined();
    }
  });

  test('the edge’s own headers do not pass with a session', async () => {
    const headers = { cookie: ada.cookie, 'x-prox-host': 'bob.example.org' };
    const page = await ask(stack.origin, '/@ada', { headers });
    expect(page.text).toContain('Ada’s engines');
    expect(page.text).not.toContain('Bob’s boats');
  });

  test('a page accepts only GET and HEAD', async () => {
    const headers = { cookie: ada.cookie };
    const head = await ask(stack.origin, '/@ada', { method: 'HEAD', headers });
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    const post = await ask(stack.origin, '/@ada', { method: 'POST', headers });
    expect(post.status).toBe(405);
  });

  test('the address of a share link always reaches the API', async () => {
    for (const method of ['GET', 'POST']) {
      const before = await requestsOfApi();
      for (let i = 0; i < 3; i++) await ask(stack.origin, '/s/token', { method });
      expect((await requestsOfApi()) - before, method).toBe(3);
    }
  });
});

describe('the second that a page may be old', () => {
  test('a page that a client already has is not sent again', async () => {
    const page = await ask(stack.origin, '/@ada');
    const tag = page.header('etag') ?? '';
    expect(tag).toMatch(/^"/);
    for (const known of [tag, `"other", W/${tag}`, '*']) {
      const answer = await ask(stack.origin, '/@ada', { headers: { 'if-none-match': known } });
      expect(answer.status, known).toBe(304);
      expect(answer.header('etag')).toBe(tag);
      expect(answer.text).toBe('');
    }
    const other = await ask(stack.origin, '/@ada', { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  test('a change is shown within a second while the page is requested', async () => {
    const title = `Changed at ${Date.now()}`;
    const hosts = [() => ask(stack.origin, '/@ada'), () => at('ada.example.org', '/')];
    await Promise.all(hosts.map((page) => page()));
    await ada.does('PATCH', `/api/organizations/${ada.handle}/spaces/home`, { title });
    const committed = performance.now();
    for (const page of hosts) {
      await eventually('the change', async () => {
        const { text } = await page();
        return text.includes(title) ? true : undefined;
      });
      expect(performance.now() - committed).toBeLessThan(1_000);
    }
    await ada.does('PATCH', `/api/organizations/${ada.handle}/spaces/home`, {
      title: 'Ada’s engines',
    });
  });

  test('an unpublished page disappears within a second', async () => {
    const spaces = `/api/organizations/${ada.handle}/spaces`;
    await ada.does('POST', spaces, { title: 'For a moment', slug: 'moment' });
    await ada.does('POST', `${spaces}/moment/publish`);
    const page = () => ask(stack.origin, '/@ada/moment');
    await eventually('the page', async () => ((await page()).status === 200 ? true : undefined));
    await ada.does('POST', `${spaces}/moment/unpublish`);
    const committed = performance.now();
    await eventually('its end', async () => ((await page()).status === 404 ? true : undefined));
    expect(performance.now() - committed).toBeLessThan(1_000);
  });

  test('a page that is requested often is fetched about once a second', async () => {
    await eventually('a fresh start', async () => {
      await at('bob.example.org', '/');
      return true;
    });
    const before = await pagesOfApi();
    const began = performance.now();
    let asked = 0;
    while (performance.now() - began < 3_000) {
      const cookie = `prox=ses_${asked}`;
      const answer = await at('bob.example.org', `/?bust=${asked}`, { headers: { cookie } });
      expect(answer.status).toBe(200);
      asked += 1;
    }
    const perSecond = ((await pagesOfApi()) - before) / 3;
    expect(asked).toBeGreaterThan(50);
    expect(perSecond).toBeLessThanOrEqual(5 / 3);
  });

  test('a slow page is built once, and its copy is served while the next is built', async () => {
    const spaces = `/api/organizations/${ada.handle}/spaces`;
    await ada.does('POST', spaces, { title: 'Slow', slug: 'slow' });
    await ada.does('POST', `${spaces}/slow/publish`);
    const page = () => ask(stack.origin, '/@ada/slow');
    const before = await pagesOfApi();

    const first = await holdItems();
    const answers = await Promise.all(Array.from({ length: 20 }, page));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    await first.released;

    // The copy ages while the table is held again: one request builds, the others get the copy.
    const second = await holdItems();
    let isHeld = true;
    const released = second.released.then(() => {
      isHeld = false;
    });
    let slowest = 0;
    while (isHeld) {
      const began = performance.now();
      expect((await page()).status).toBe(200);
      slowest = Math.max(slowest, performance.now() - began);
    }
    await released;
    expect(slowest).toBeLessThan(900);
    expect((await pagesOfApi()) - before).toBeLessThanOrEqual(2);
  });
});

/** Makes the database slow: for 1.2 s, no statement can read an item. */
async function holdItems() {
  const sql = 'begin; lock table item in access exclusive mode; select pg_sleep(1.2); commit';
  const released = stack.database.query(sql);
  const held = `select 1 from pg_locks where relation = 'item'::regclass and granted
    and mode = 'AccessExclusiveLock'`;
  await eventually('the lock', async () => (await stack.database.query(held)).length || undefined);
  return { released };
}

/** The number of public pages that the API was asked for: the requests that match no other route. */
const pagesOfApi = () => linesOfApi('"route":null');

/** The number of requests that reached the API, without those of this count. */
const requestsOfApi = async () => (await linesOfApi('"route":')) - (await linesOfApi(HEALTH));

const HEALTH = '"route":"/api/health"';

/** The number of times that a text is in the log. */
async function linesOfApi(text: string): Promise<number> {
  // The log is written after the response, in the order of the requests.
  await ask(stack.origin, '/api/health');
  return stack.log.join('').split(text).length - 1;
}

/** The session of a person as a program sends it. */
function bearer(person: Person) {
  return { authorization: `Bearer ${person.cookie.split('=')[1]}` };
}

describe('passing through', () => {
  test('the shell gets path and query, and not the session', async () => {
    const seen: IncomingMessage[] = [];
    onShell = (request, response) => {
      seen.push(request);
      response.setHeader('x-from', 'shell');
      response.end('<title>shell</title>');
    };
    const answer = await ada.call('GET', '/some/page?a=1&b=%20', undefined, {
      authorization: 'Bearer something',
    });
    expect(answer.text).toBe('<title>shell</title>');
    expect(answer.header('x-from')).toBe('shell');
    expect(seen[0]?.url).toBe('/some/page?a=1&b=%20');
    expect(seen[0]?.headers.cookie).toBeUndefined();
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  test('bodies stream in both directions', async () => {
    onShell = (request, response) => {
      // Each part is sent back before the next one is sent.
      request.on('data', (part) => response.write(part));
      request.on('end', () => response.end());
    };
    const { hostname, port } = new URL(stack.origin);
    const heard: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const outgoing = request(
        { hostname, port, path: '/echo', method: 'POST', agent: false },
        (incoming) => {
          incoming.setEncoding('utf8').on('data', (part) => {
            heard.push(part);
            if (heard.length < 3) outgoing.write(`part ${heard.length + 1}`);
            else outgoing.end();
          });
          incoming.on('end', resolve).on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.write('part 1');
    });
    expect(heard).toEqual(['part 1', 'part 2', 'part 3']);
  });

  test('redirects of the shell are not followed', async () => {
    onShell = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const answer = await ask(stack.origin, '/moved');
    expect(answer.status).toBe(302);
    expect(answer.header('location')).toBe('/elsewhere');
  });

  test('an unreachable shell answers 503', async () => {
    onShell = (request) => request.socket.destroy();
    const answer = await ask(stack.origin, '/');
    expect(answer.status).toBe(503);
    expect(answer.header('retry-after')).toBe('2');
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
  });

  test('a request id is kept when it is a UUIDv7, otherwise replaced', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const path of ['/@ada', '/api/health']) {
      const kept = await ask(stack.origin, path, { headers: { 'x-request-id': id } });
      expect(kept.header('x-request-id')).toBe(id);
      const given = await ask(stack.origin, path, { headers: { 'x-request-id': 'mine' } });
      expect(given.header('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/);
    }
  });
});

describe('refusals', () => {
  const page = { accept: 'text/html' };
  const json = { 'content-type': 'application/json' };
  // Refused by the edge itself, or by the API behind it.
  const kinds: [name: string, status: number, ask: () => Promise<Answer>][] = [
    ['the edge, an unknown host', 421, () => at('127.0.0.1', '/api/health')],
    ['the edge, an unknown host, as a page', 421, () => at('com', '/', { headers: page })],
    ['the API, a host without a space', 421, () => at('nobody.example.org', '/')],
    ['the edge, another method', 405, () => ask(stack.origin, '/@ada', { method: 'POST' })],
    [
      'the edge, as a page',
      405,
      () => at('ada.example.org', '/', { method: 'PUT', headers: page }),
    ],
    ['the API, another method', 405, () => ask(stack.origin, '/api/health', { method: 'DELETE' })],
    ['the API, an unknown route', 404, () => ask(stack.origin, '/api/nothing')],
    ['the API, an unknown page', 404, () => ask(stack.origin, '/@nobody')],
    ['the API, on a custom host', 404, () => at('ada.example.org', '/sign-in')],
    [
      'the API, a body that is not JSON',
      400,
      () => ask(stack.origin, '/api/auth/dev', { method: 'POST', headers: json, body: '{' }),
    ],
    ['the edge, a server that is down', 503, () => ask(stack.origin, '/')],
    [
      'the edge, a server that is down, as a page',
      503,
      () => ask(stack.origin, '/', { headers: page }),
    ],
  ];

  test.each(kinds)('%s: has the headers of every answer', async (_, status, refused) => {
    onShell = (request) => request.socket.destroy();
    const answer = await refused();
    expect(answer.status).toBe(status);
    expect(missingHeaders(answer)).toEqual([]);
    expect(answer.header('strict-transport-security')).toBe('max-age=31536000');
    expect(answer.header('x-content-type-options')).toBe('nosniff');
    expect(answer.header('referrer-policy')).toBe('strict-origin-when-cross-origin');
    expect(answer.header('cache-control')).toBe('no-store');
    expect(answer.header('content-security-policy')).toContain("default-src 'none'");
    const type = answer.header('content-type');
    if (type === 'application/problem+json') {
      expect(answer.json().request_id).toBe(answer.header('x-request-id'));
      expect(answer.json().status).toBe(status);
    } else {
      expect(type).toBe('text/html; charset=utf-8');
    }
  });
});

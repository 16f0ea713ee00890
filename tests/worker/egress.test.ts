// Outbound requests of the worker. The runtime of the tests allows every address, so every refusal
// here is by our own guard.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolver, type StandIn, standIn } from '../harness/servers.ts';
import type { Person } from './support/person.ts';
import { type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;
/** A server on this machine that must never be reached. */
let inner: StandIn;
/** A server on this machine that is allowed by name. */
let site: StandIn;
let dns: StandIn;
let hits = 0;
let icons = 0;

/** A picture by its first bytes, with every byte there is. */
const PICTURE = Buffer.from([
  ...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  ...Array.from({ length: 256 }, (_, byte) => byte),
]);

beforeAll(async () => {
  inner = await standIn((_, response) => {
    hits += 1;
    response.end('the inner network');
  });
  site = await standIn((request, response) => {
    const path = request.url ?? '/';
    if (path.startsWith('/to?')) {
      response.writeHead(302, { location: decodeURIComponent(path.slice(4)) }).end();
    } else if (path === '/endless') {
      response.writeHead(200, { 'content-type': 'text/html' });
      const more = () => {
        while (response.write('<p>more</p>'.repeat(1_000)));
      };
      response.on('drain', more);
      more();
    } else if (path === '/silent') {
      // Never answers.
    } else if (path === '/page') {
      response.setHeader('content-type', 'text/html');
      response.end('<link rel="icon" href="/icon">');
    } else if (path === '/icon') {
      icons += 1;
      response.setHeader('content-type', 'text/plain');
      response.end(PICTURE);
    } else if (path === '/feed') {
      response.setHeader('content-type', 'application/rss+xml; charset=windows-1251');
      response.setHeader('etag', '"e1"');
      const title = Buffer.from([0xcf, 0xf0, 0xe8]);
      const [start, end] = [
        '<rss><channel><item><link>/1</link><title>',
        '</title></item></channel></rss>',
      ];
      response.end(Buffer.concat([Buffer.from(start), title, Buffer.from(end)]));
    } else if (path === '/get-only') {
      response.writeHead(request.method === 'GET' ? 200 : 405).end();
    } else if (path === '/loop') {
      response.writeHead(302, { location: '/loop' }).end();
    } else {
      response.setHeader('content-type', 'text/html');
      response.setHeader('x-frame-options', 'DENY');
      response.end('<title>A site</title>');
    }
  });
  dns = await resolver(() => ({
    'inner.example.com': { A: ['10.0.0.1'] },
    'metadata.example.com': { A: ['169.254.169.254'] },
    'mixed.example.com': { A: ['93.184.215.14', '127.0.0.1'] },
    'six.example.com': { AAAA: ['::ffff:127.0.0.1'] },
  }));
  stack = await startStack({
    vars: { EGRESS_ALLOW: site.address, DOH_URL: `${dns.origin}/dns-query` },
  });
  ada = await stack.person('ada');
});

afterAll(async () => {
  await stack?.stop();
  await Promise.all([inner?.stop(), site?.stop(), dns?.stop()]);
});

function preflight(url: string) {
  return ada.call('POST', '/api/preflight', { url });
}

test('an allowed site is fetched and judged', async () => {
  const answer = await preflight(`${site.origin}/`);
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ status: 200, title: 'A site', embeddable: false });
});

test('the icon of a page is fetched once, and sent as it came', async () => {
  const spaces = `/api/organizations/${ada.handle}/spaces`;
  await ada.does('POST', spaces, { title: 'Home', slug: 'home' });
  const link = { kind: 'link', title: 'A page', url: `${site.origin}/page` };
  const item = await ada.does('POST', `${spaces}/home/items`, link);
  const path = `${spaces}/home/items/${item.id}/icon`;
  for (const _ of [1, 2]) {
    const answer = await fetch(`${stack.origin}${path}`, { headers: { cookie: ada.cookie } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(PICTURE);
  }
  expect(icons).toBe(1);

  expect((await fetch(`${stack.origin}${path}`)).status).toBe(404);
  await ada.does('POST', `${spaces}/home/publish`);
  const anonymous = await fetch(`${stack.origin}${path}`);
  expect(Buffer.from(await anonymous.arrayBuffer())).toEqual(PICTURE);
  const page = await fetch(`${stack.origin}/@${ada.handle}`);
  expect(await page.text()).toContain(`<img src="${path}?of=`);
});

test('a feed is decoded, and addresses are checked', async () => {
  const space = `/api/organizations/${ada.handle}/spaces/home`;
  const feed = { kind: 'widget', widget: 'feed', title: 'F', url: `${site.origin}/feed` };
  const { id } = await ada.does('POST', `${space}/items`, feed);
  const answer = await ada.does('GET', `${space}/items/${id}/feed`);
  expect(answer).toMatchObject({
    entries: [{ title: 'При', url: `${site.origin}/1`, published_at: null }],
    reason: null,
  });
  const link = { kind: 'link', title: 'L', url: `${site.origin}/get-only` };
  const { id: checked } = await ada.does('POST', `${space}/items`, link);
  const { items, due } = await ada.does('POST', `${space}/health`);
  expect(due).toBe(0);
  expect(items).toContainEqual(
    expect.objectContaining({ item_id: checked, state: 'ok', status: 200 }),
  );
});

test('an uploaded picture is sent as it came', async () => {
  const pictures = `${stack.origin}/api/organizations/${ada.handle}/pictures`;
  const gif = Buffer.from('GIF89a\xff\x00\x01\x00\x00\x00\x00;', 'latin1');
  const headers = { cookie: ada.cookie, origin: stack.origin, 'content-type': 'image/gif' };
  const added = await fetch(pictures, { method: 'POST', headers, body: gif });
  expect(added.status).toBe(201);
  const { hash, size } = (await added.json()) as { hash: string; size: number };
  expect(size).toBe(gif.length);
  const kept = await fetch(`${pictures}/${hash}`, { headers: { cookie: ada.cookie } });
  expect(kept.headers.get('content-disposition')).toBe('attachment');
  expect(Buffer.from(await kept.arrayBuffer())).toEqual(gif);
});

test('addresses of private networks are refused, in every notation', async () => {
  const { port } = new URL(inner.origin);
  for (const url of [
    inner.origin,
    `https://127.0.0.1:${port}/`,
    `https://localhost:${port}/`,
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://10.1.2.3/',
    'https://192.168.1.1/',
    'https://172.16.0.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://0.0.0.0/',
    'https://localhost/',
    'https://metadata.google.internal/',
    'https://１２７.０.０.１/',
    'http://93.184.215.14/',
    'https://93.184.215.14:8443/',
    'https://inner.example.com/',
    'https://metadata.example.com/',
    'https://mixed.example.com/',
    'https://six.example.com/',
  ]) {
    const answer = await preflight(url);
    expect(answer.status, url).toBe(200);
    expect(answer.json(), url).toMatchObject({ status: null, title: null, mode: 'tab' });
  }
  expect(hits).toBe(0);
});

test('a redirect to a private network is refused at that hop', async () => {
  for (const target of [inner.origin, 'https://169.254.169.254/', 'https://inner.example.com/']) {
    const answer = await preflight(`${site.origin}/to?${encodeURIComponent(target)}`);
    expect(answer.json(), target).toMatchObject({ status: null, embeddable: false, mode: 'tab' });
    expect(answer.json().reasons[0], target).toContain('leads on to');
  }
  expect(hits).toBe(0);
});

test('endless redirects are stopped', async () => {
  const answer = await preflight(`${site.origin}/loop`);
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ status: null, embeddable: false });
});

test('an endless body is read up to the limit', async () => {
  const answer = await preflight(`${site.origin}/endless`);
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ status: 200 });
});

test('a site that never answers times out', async () => {
  const began = performance.now();
  const answer = await preflight(`${site.origin}/silent`);
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({ status: null });
  expect(performance.now() - began).toBeLessThan(12_000);
});

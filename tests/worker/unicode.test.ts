// The worker has no Unicode tables: it uses those of the runtime, which native tests do not cover.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolver, type StandIn, standIn } from '../harness/servers.ts';
import type { Person } from './support/person.ts';
import { eventually, type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;
let dns: StandIn;
let site: StandIn;

beforeAll(async () => {
  dns = await resolver(() => ({ 'xn--bcher-kva.example.com': { A: ['10.0.0.1'] } }));
  site = await standIn((request, response) => {
    if (request.url === '/away') {
      // As servers without punycode support write it: in UTF-8 bytes.
      const location = Buffer.from('//bücher.example.com/ü').toString('latin1');
      response.writeHead(302, { location }).end();
    } else if (request.url === '/sjis') {
      response.setHeader('content-type', 'text/html');
      const title = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);
      const head = '<!-- charset=utf-8 --><meta charset="x-sjis"><title>';
      response.end(Buffer.concat([Buffer.from(head), title, Buffer.from(' &rArr;</title>')]));
    } else if (request.url === '/unknown') {
      response.setHeader('content-type', 'text/html; charset=no-such-charset');
      response.end('<title>plain</title>');
    } else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<link rel="icon" href="https://bücher.example.com/ü.png"><title>Ü</title>');
    }
  });
  stack = await startStack({
    vars: { EGRESS_ALLOW: site.address, DOH_URL: `${dns.origin}/dns-query` },
  });
  ada = await stack.person('ada');
});

afterAll(async () => {
  await stack?.stop();
  await Promise.all([dns?.stop(), site?.stop()]);
});

test('an address in Unicode equals the one in punycode, and is guarded like it', async () => {
  for (const [url, reason] of [
    ['https://BÜCHER.example.com/', 'private network'],
    ['https://xn--bcher-kva.example.com/', 'private network'],
    ['https://１２７.０.０.１/', 'the server itself'],
    ['https://１２７.1/', 'the server itself'],
    ['https://ｌocalhost/', 'local network'],
    ['https://metadata。google。internal/', 'local network'],
  ] as const) {
    const answer = await ada.call('POST', '/api/preflight', { url });
    expect(answer.json(), url).toMatchObject({ status: null, mode: 'tab' });
    expect(answer.json().reasons[1], url).toContain(reason);
  }
  for (const [url, message] of [
    ['https://a／b.example.com/', 'not a complete web address'],
    ['https://xn--a.example.com/', 'not a complete web address'],
    ['https://ü:x@example.com/', 'user name'],
  ] as const) {
    const answer = await ada.call('POST', '/api/preflight', { url });
    expect(answer.status, url).toBe(422);
    expect(answer.json().errors[0].message, url).toContain(message);
  }
});

test('a redirect to a name in Unicode is guarded', async () => {
  const answer = await ada.call('POST', '/api/preflight', { url: `${site.origin}/away` });
  expect(answer.json()).toMatchObject({ status: null, embeddable: false });
  expect(answer.json().reasons[0]).toContain('leads on to');
});

test('the address of an icon may be in Unicode', async () => {
  const answer = await ada.call('POST', '/api/preflight', { url: `${site.origin}/` });
  expect(answer.json()).toMatchObject({
    title: 'Ü',
    icon: 'https://xn--bcher-kva.example.com/%C3%BC.png',
  });
});

test('the runtime decodes a page in another encoding', async () => {
  const answer = await ada.call('POST', '/api/preflight', { url: `${site.origin}/sjis` });
  expect(answer.json()).toMatchObject({ title: '日本 ⇒' });
});

test('a hostname in Unicode is claimed in punycode, and invalid punycode is refused', async () => {
  const spaces = `/api/organizations/${ada.handle}/spaces`;
  await ada.does('POST', spaces, { title: 'Größe № 5', slug: 'home' });
  const claim = (hostname: string) => ada.call('POST', `${spaces}/home/domains`, { hostname });
  expect((await claim('BÜCHER.example.org')).json()).toMatchObject({
    hostname: 'xn--bcher-kva.example.org',
  });
  expect((await claim('ｗｗｗ。bücher.example')).json()).toMatchObject({
    hostname: 'www.xn--bcher-kva.example',
  });
  for (const hostname of [
    'xn--a.example.org',
    'xn--example-.example.org',
    'xn--bcher-kva8.example.org',
    // Texts that have another canonical form: "Ü", "１２７", and "ü" from two characters.
    'xn--wca.example.org',
    'xn--8g7ccp.example.org',
    'xn--bucher-xyd.example.org',
    'ü_b.example.org',
    '１.２.３.４',
    '-ü.example.org',
  ]) {
    const answer = await claim(hostname);
    expect(answer.status, hostname).toBe(422);
    expect(answer.json().errors[0], hostname).toMatchObject({ path: 'hostname' });
  }
});

test('input that the runtime refuses is one line of the log', async () => {
  const spaces = `/api/organizations/${ada.handle}/spaces`;
  await ada.does('POST', spaces, { title: 'Log', slug: 'log' });
  const claim = (hostname: string) => ({ path: `${spaces}/log/domains`, body: { hostname } });
  const look = (url: string) => ({ path: '/api/preflight', body: { url } });
  for (const [{ path, body }, status] of [
    [claim('xn--a.example.org'), 422],
    [claim('ü_b.example.org'), 422],
    [look('https://a／b.example.com/'), 422],
    [look('https://'), 422],
    [look(`${site.origin}/unknown`), 200],
  ] as const) {
    const before = stack.log.length;
    const answer = await ada.call('POST', path, body);
    const name = JSON.stringify(body);
    expect(answer.status, name).toBe(status);
    const id = answer.header('x-request-id') ?? '';
    const own = await eventually('the line of the request', async () => {
      const lines = stack.log.slice(before);
      return lines.some((line) => line.includes(id)) ? lines : undefined;
    });
    expect(
      own.map((line) => line.split('\n').length),
      own.join('\n'),
    ).toEqual([1]);
  }
});

test('a name becomes a slug without its accents', async () => {
  const spaces = `/api/organizations/${ada.handle}/spaces`;
  for (const [title, slug] of [
    ['Jürgen Groß', 'jurgen-gross'],
    ['Łukasz Żółć', 'lukasz-zolc'],
    ['２０２６ ﬁne №5', '2026-fine-no5'],
  ]) {
    expect(await ada.does('POST', spaces, { title }), title).toMatchObject({ slug });
  }
});

test('search compares words by the tables of the runtime', async () => {
  const space = '/api/organizations/ada/spaces';
  await ada.does('POST', space, { title: 'Words', slug: 'words' });
  for (const title of ['Größe und Straße', '東京ガイド', 'دليل الإجازات', 'ﬁne cafe\u0301']) {
    await ada.does('POST', `${space}/words/items`, { kind: 'card', title });
  }
  const found = async (q: string) => {
    const { items } = await ada.does('GET', `/api/search?kind=card&q=${encodeURIComponent(q)}`);
    return items.map((item: { title: string }) => item.title);
  };
  for (const [q, title] of [
    ['GRÖSSE', 'Größe und Straße'],
    ['strasse', 'Größe und Straße'],
    ['ｶﾞｲﾄﾞ', '東京ガイド'],
    ['الاجازات', 'دليل الإجازات'],
    ['fine café', 'ﬁne cafe\u0301'],
  ] as const) {
    expect(await found(q), q).toEqual([title]);
  }
  // As after a migration: the sweep makes the lexemes.
  await stack.database.query("update search_entry set stale = true, head = '', body = ''");
  expect(await found('strasse')).toEqual([]);
  await stack.workers.sweep();
  expect(await found('strasse')).toEqual(['Größe und Straße']);
});

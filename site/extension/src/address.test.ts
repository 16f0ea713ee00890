import { describe, expect, it } from 'vitest';
import { originOf, shareUrl, startUrl } from './address.ts';

const ORIGIN = 'https://prox.example.com';

describe('the typed address', () => {
  it.each([
    ['prox.example.com', ORIGIN],
    ['  https://prox.example.com/  ', ORIGIN],
    ['https://prox.example.com/o/ada/home?window=events#x', ORIGIN],
    ['HTTPS://Prox.Example.Com', ORIGIN],
    ['https://prox.example.com:443', ORIGIN],
    ['https://prox.example.com:8443', `${ORIGIN}:8443`],
    ['localhost:8787', 'http://localhost:8787'],
    ['http://localhost:8787/start', 'http://localhost:8787'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['http://[::1]:8787', 'http://[::1]:8787'],
    ['http://prox.localhost', 'http://prox.localhost'],
  ])('%s is accepted', (typed, origin) => expect(originOf(typed)).toEqual({ origin }));

  it.each([
    '',
    '   ',
    'my home',
    'https://',
    'http://prox.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'https://ada:secret@prox.example.com',
    'https://prox.example.com@other.example',
    'javascript:alert(1)',
    'javascript://prox.example.com/%0aalert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'chrome://settings',
    'chrome-extension://abc/options.html',
  ])('“%s” is refused with a reason', (typed) => {
    expect(originOf(typed)).toEqual({ problem: expect.stringMatching(/\.$/) });
  });
});

it('the start is a page of the origin', () => {
  expect(startUrl(ORIGIN)).toBe('https://prox.example.com/start');
});

describe('a page to add', () => {
  const read = (address: string | null) => {
    const { origin, pathname, searchParams, hash } = new URL(address ?? '');
    return { origin, pathname, hash, ...Object.fromEntries(searchParams) };
  };
  const place = { origin: ORIGIN, pathname: '/share', hash: '' };

  it.each([
    'Tides',
    'A & B = C?',
    '#1 result: 100% + more',
    '&url=https://evil.example/',
    '"><script>alert(1)</script>',
    'https://evil.example/',
    '../../api/auth/sign-out',
    '日本語 🙂',
    '‮reversed',
    'a\nb',
  ])('keeps the title “%s” a title', (title) => {
    const url = 'https://a.example/x?a=1&b=2#c';
    expect(read(shareUrl(ORIGIN, { url, title }))).toEqual({ ...place, url, title });
  });

  it('cuts a long title, never half of a character', () => {
    const { title } = read(
      shareUrl(ORIGIN, { url: 'https://a.example/', title: '🙂'.repeat(500) }),
    ) as {
      title?: string;
    };
    expect(title).toBe('🙂'.repeat(120));
  });

  it.each([undefined, '', '  ', 'https://a.example/'])('leaves out the title %j', (title) => {
    const url = 'https://a.example/';
    expect(read(shareUrl(ORIGIN, { url, title }))).toEqual({ ...place, url });
  });

  it.each([
    undefined,
    '',
    'chrome://newtab/',
    'about:blank',
    'file:///home/ada/notes.txt',
    'javascript:alert(1)',
    'data:text/html,x',
    'chrome-extension://abc/options.html',
    'blob:https://a.example/1',
    ' https://a.example/',
    `https://a.example/${'x'.repeat(2048)}`,
  ])('cannot be at %j', (url) => expect(shareUrl(ORIGIN, { url, title: 'x' })).toBeNull());
});

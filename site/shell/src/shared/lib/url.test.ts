import { describe, expect, it } from 'vitest';
import { guessUrl, hostOf, isMixed, pastedUrl, sandboxFor, webUrl } from './url';

describe('a web address', () => {
  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://ada:pw@example.com',
    '/path',
    '',
    null,
  ])('is not %j', (text) => expect(webUrl(text)).toBeNull());

  it('is guessed from what people type', () => {
    expect(guessUrl(' example.com/a ')).toBe('https://example.com/a');
    expect(guessUrl('localhost:3000')).toBe('http://localhost:3000/');
    expect(guessUrl('http://example.com')).toBe('http://example.com/');
    expect(guessUrl('two words')).toBeNull();
    expect(guessUrl('example')).toBeNull();
    expect(guessUrl('javascript://example.com/%0aalert(1)')).toBeNull();
  });

  it.each([
    ['http://nas:5000/', 'http://nas:5000/'],
    ['http://[fd00::1]:8123/', 'http://[fd00::1]:8123/'],
    ['http://192.168.1.20', 'http://192.168.1.20/'],
    ['HTTPS://Example.COM', 'https://example.com/'],
    ['https://intranet', 'https://intranet/'],
    ['nas:5000', 'http://nas:5000/'],
    ['nas.local', 'http://nas.local/'],
    ['192.168.1.20:8123', 'http://192.168.1.20:8123/'],
    ['172.16.0.1', 'http://172.16.0.1/'],
    ['172.32.0.1', 'https://172.32.0.1/'],
    ['[fd00::1]:8123', 'http://[fd00::1]:8123/'],
    ['10.example.com', 'https://10.example.com/'],
    ['müller.example', 'https://xn--mller-kva.example/'],
  ])('%j is accepted as the API accepts it', (text, url) => expect(guessUrl(text)).toBe(url));

  it.each(['note:', 'mailto:ada@example.com', 'http://', ':5000', 'nas:'])(
    '%j is not taken for one',
    (text) => expect(guessUrl(text)).toBeNull(),
  );

  it('pasted text needs a scheme or a dot', () => {
    expect(pastedUrl('nas:5000')).toBeNull();
    expect(pastedUrl('total:120')).toBeNull();
    expect(pastedUrl('http://nas:5000')).toBe('http://nas:5000/');
    expect(pastedUrl('example.com')).toBe('https://example.com/');
  });

  it('is named by its host', () => {
    expect(hostOf('https://www.example.com/x')).toBe('example.com');
    expect(hostOf('nonsense')).toBe('nonsense');
  });
});

describe('a frame', () => {
  const own = 'https://prox.example';

  it('keeps its origin only when it is a foreign one', () => {
    expect(sandboxFor(new URL('https://other.example/'), own)).toContain('allow-same-origin');
    expect(sandboxFor(new URL('https://prox.example/@ada'), own)).not.toContain(
      'allow-same-origin',
    );
  });

  it('may never open windows or navigate the top page', () => {
    const sandbox = sandboxFor(new URL('https://other.example/'), own);
    expect(sandbox).not.toMatch(/popups|top-navigation/);
  });

  it('is not tried over plain http from an https page', () => {
    expect(isMixed(new URL('http://a.example/'), own)).toBe(true);
    expect(isMixed(new URL('http://a.example/'), 'http://localhost:8787')).toBe(false);
  });
});

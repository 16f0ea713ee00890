import { describe, expect, it } from 'vitest';
import { guessUrl, hostOf, isMixed, sandboxFor, webUrl } from './url';

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

  it('is named by its host', () => {
    expect(hostOf('https://www.example.com/x')).toBe('example.com');
    expect(hostOf('nonsense')).toBe('nonsense');
  });
});

describe('a frame', () => {
  const own = 'https://prox.example';

  it('keeps its origin only when that is a foreign one', () => {
    expect(sandboxFor(new URL('https://other.example/'), own)).toContain('allow-same-origin');
    expect(sandboxFor(new URL('https://prox.example/@ada'), own)).not.toContain(
      'allow-same-origin',
    );
  });

  it('never may open windows or leave with the whole page', () => {
    const sandbox = sandboxFor(new URL('https://other.example/'), own);
    expect(sandbox).not.toMatch(/popups|top-navigation/);
  });

  it('is not tried over plain http from an https page', () => {
    expect(isMixed(new URL('http://a.example/'), own)).toBe(true);
    expect(isMixed(new URL('http://a.example/'), 'http://localhost:8787')).toBe(false);
  });
});

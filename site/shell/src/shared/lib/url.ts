/** Web addresses: what may be opened, and what may stand in a frame. */

/** The address when it is an absolute http(s) URL without credentials, otherwise null. */
export function webUrl(text: string | null | undefined): URL | null {
  if (!text || !URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.hostname !== '';
  return plain && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}

/** What a person meant by typing `example.com`. Null when it cannot be an address. */
export function guessUrl(text: string): string | null {
  const typed = text.trim();
  if (typed === '' || /\s/.test(typed)) return null;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed)
    ? typed
    : `${/^(localhost|127\.0\.0\.1)([:/]|$)/.test(typed) ? 'http' : 'https'}://${typed}`;
  const url = webUrl(withScheme);
  return url && (url.hostname.includes('.') || url.hostname === 'localhost') ? url.href : null;
}

/** The host as people know it. */
export const hostOf = (text: string): string => webUrl(text)?.host.replace(/^www\./, '') ?? text;

/**
 * What an embedded page may do. A page of another origin gets its own storage; one of
 * our own origin must never be able to reach the shell, so it runs without an origin.
 */
export function sandboxFor(url: URL, ownOrigin: string): string {
  return url.origin === ownOrigin
    ? 'allow-scripts allow-forms'
    : 'allow-scripts allow-forms allow-same-origin';
}

/** A browser refuses plain http inside a page that came over https. */
export const isMixed = (url: URL, ownOrigin: string): boolean =>
  url.protocol === 'http:' && ownOrigin.startsWith('https:') && url.hostname !== 'localhost';

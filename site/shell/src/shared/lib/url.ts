/** Web addresses: which may be opened, and which may be embedded. */

/** The address when it is an absolute http(s) URL without credentials, otherwise null. */
export function webUrl(text: string | null | undefined): URL | null {
  if (!text || !URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.hostname !== '';
  return plain && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}

/** Addresses of this machine or of a local network, where encryption is rare. */
const LOCAL =
  /^(localhost|(127|10)\.\d+\.\d+\.\d+|(192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+|\[[0-9a-f:.]+\]|[^/:]+\.(local|lan|internal|home\.arpa))(?=[:/]|$)/i;

/** `nas:5000`: a host and a port, without a dot. */
const HOST_AND_PORT = /^[a-z0-9-]+:\d{1,5}(\/|$)/i;

/**
 * The address that a person means by typing `example.com`; null when it cannot be one. With a
 * scheme, any host that the API accepts; without one, what looks like a host.
 */
export function guessUrl(text: string): string | null {
  const typed = text.trim();
  if (typed === '' || /\s/.test(typed)) return null;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return webUrl(typed)?.href ?? null;
  const named = HOST_AND_PORT.test(typed);
  const local = named || LOCAL.test(typed);
  const url = webUrl(`${local ? 'http' : 'https'}://${typed}`);
  return url && (local || url.hostname.includes('.')) ? url.href : null;
}

/** The same for text that was not typed as an address, as from a clipboard: no guess without a dot. */
export function pastedUrl(text: string): string | null {
  const url = guessUrl(text);
  return url && (/^https?:\/\//i.test(text.trim()) || /[.\]]/.test(hostOf(url))) ? url : null;
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

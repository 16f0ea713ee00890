/** The addresses that the extension opens. */

/** Plain http is for this machine only. */
const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/;

export type Checked = { origin: string } | { problem: string };

const NOT_AN_ADDRESS = 'Type the address of your Prox OS, like https://prox.example.com.';

/** The origin that a person means by what they typed. */
export function originOf(typed: string): Checked {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return { problem: NOT_AN_ADDRESS };
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const isLocal = /^(localhost|127\.0\.0\.1)([:/]|$)/i.test(text);
  const address = hasScheme ? text : `${isLocal ? 'http' : 'https'}://${text}`;
  if (!URL.canParse(address)) return { problem: NOT_AN_ADDRESS };
  const { protocol, hostname, origin, username, password } = new URL(address);
  if (username !== '' || password !== '') {
    return { problem: 'Leave out the name and the password.' };
  }
  if (protocol === 'https:' || (protocol === 'http:' && LOCAL.test(hostname))) return { origin };
  return {
    problem: protocol === 'http:' ? 'Use https, so that nobody can listen.' : NOT_AN_ADDRESS,
  };
}

export const startUrl = (origin: string): string => new URL('/start', origin).href;

/** The longest address and title that are passed on, in characters. */
const URL_LIMIT = 2048;
const TITLE_LIMIT = 120;

export type Page = { url: string | undefined; title?: string | undefined };

/** The address that opens the dialog to add a page; null for a page without a web address. */
export function shareUrl(origin: string, { url, title }: Page): string | null {
  if (url === undefined || !/^https?:\/\//i.test(url) || url.length > URL_LIMIT) return null;
  const share = new URL('/share', origin);
  share.searchParams.set('url', url);
  const shown = [...(title ?? '').trim()].slice(0, TITLE_LIMIT).join('');
  if (shown !== '' && shown !== url) share.searchParams.set('title', shown);
  return share.href;
}

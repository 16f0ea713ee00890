/**
 * Which addresses a card may link and show, by the rules of `crates/platform/pages/src/address.rs`.
 * They read the text of an address: whatever a URL parser would repair is not an address here.
 */

const WEB = /^https?:\/\/([^/?#\\]*)/i;

/** Absolute, http or https, with a host, without credentials, white space and control characters. */
function isWeb(url: string): boolean {
  const host = WEB.exec(url)?.[1];
  return !!host && !host.includes('@') && !/[\p{White_Space}\p{Cc}]/u.test(url);
}

/** Web addresses and mail; anything relative would mean something else on each host. */
export const isLinkable = (url: string): boolean =>
  isWeb(url) || (/^mailto:/i.test(url) && !/\p{Cc}/u.test(url));

/** The address when an image may come from it. */
export const imageUrl = (url: string): string | null =>
  isWeb(url) && /^https:/i.test(url) ? url : null;

const BRACKETS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/**
 * The first bare web address in a text, with the text before and after it: `http://` or `https://`
 * that no letter, digit, `+`, `-` or `.` precedes, up to white space, a control character, a
 * quotation mark, a backtick, `<` or `>`. Punctuation at the end belongs to the sentence, and so
 * does a closing bracket that the address did not open.
 */
export function findBare(text: string): { before: string; url: string; after: string } | null {
  for (const match of text.matchAll(/(?<![A-Za-z0-9+.-])https?:\/\//gi)) {
    const [found] = /^[^\p{White_Space}\p{Cc}"`<>]*/u.exec(text.slice(match.index)) ?? [''];
    const url = withoutTrailingPunctuation(found);
    if (isWeb(url)) {
      const end = match.index + url.length;
      return { before: text.slice(0, match.index), url, after: text.slice(end) };
    }
  }
  return null;
}

function withoutTrailingPunctuation(url: string): string {
  const count = (character: string) => url.split(character).length - 1;
  const unopened = Object.fromEntries(
    Object.entries(BRACKETS).map(([close, open]) => [close, count(close) - count(open)]),
  );
  let end = url.length;
  for (; end > 0; end--) {
    const last = url.charAt(end - 1);
    if (last in unopened) {
      if ((unopened[last] ?? 0) <= 0) break;
      unopened[last] = (unopened[last] ?? 0) - 1;
    } else if (!".,:;!?'*_~".includes(last)) break;
  }
  return url.slice(0, end);
}

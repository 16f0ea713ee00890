/** What another app, or the browser extension, shares by opening `/share?title=…&text=…&url=…`. */
import { pastedUrl, webUrl } from './url';

export type Shared = {
  /** An http(s) address, wherever it arrived; null when there was none. */
  url: string | null;
  title: string | null;
  /** What was shared besides the address. */
  text: string | null;
};

/** An address inside other text, up to what cannot be part of one. */
const IN_TEXT = /https?:\/\/[^\s<>"'`]+/i;
/** Punctuation of the sentence around an address. */
const TRAILING = /[.,;:!?)\]}»”’]+$/;

/** What the words around an address begin or end with when the address is taken out. */
const AROUND = /^[\s([{<"'“«]+|[\s.,;:([{<)\]}>"'”»–—-]+$/g;
/** The longest title of an item, in characters. */
const TITLE_LIMIT = 120;

const words = (text: string | null): string | null => text?.trim() || null;

/** Reads the query string of `/share`. Android puts the address of a page into `text`. */
export function sharedIn(search: string): Shared {
  const query = new URLSearchParams(search);
  const title = words(query.get('title'));
  const text = words(query.get('text'));
  const given = words(query.get('url'));
  const direct = given === null ? null : pastedUrl(given);
  if (direct) return { url: direct, title, text };
  const from = [given, text, title].find((one) => one !== null && addressIn(one) !== null);
  const found = from ? addressIn(from) : null;
  if (!from || !found)
    return { url: null, title, text: words([given, text].filter(Boolean).join('\n')) };
  const rest = words(from.replace(found.written, ' ').replace(/\s+/g, ' ').replace(AROUND, ''));
  if (from === title) return { url: found.url, title: rest, text };
  return { url: found.url, title: title ?? rest, text: title === null ? null : rest };
}

function addressIn(text: string): { url: string; written: string } | null {
  const match = IN_TEXT.exec(text)?.[0];
  if (!match) return null;
  const written = balanced(match);
  const url = webUrl(written);
  return url && { url: url.href, written };
}

/** Cuts the punctuation after an address, but keeps brackets that were opened inside of it. */
function balanced(match: string): string {
  const cut = match.replace(TRAILING, '');
  const next = match[cut.length];
  return next === ')' && cut.split('(').length > cut.split(')').length ? `${cut})` : cut;
}

/** The query string that opens the dialog to add what was shared. */
export function addShared({ url, title, text }: Shared): string {
  const search = new URLSearchParams({ dialog: 'add-item' });
  if (url) search.set('url', url);
  if (title) search.set('title', [...title].slice(0, TITLE_LIMIT).join(''));
  if (text && !url) search.set('text', text);
  return `?${search}`;
}

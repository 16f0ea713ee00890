/** What is dropped on the desktop from outside of it, or pasted: an address, or a text. */
import type { CreateItem } from '@prox/api-client';
import { bodyOf } from '@/shared/address/draft';
import { queryClient } from '@/shared/data/client';
import { preflightQuery } from '@/shared/data/preflight';
import { pastedUrl } from '@/shared/lib/url';

export type Dropped = { url: string; name: string | null } | { text: string };

const MAX_TITLE = 120;
const MAX_TEXT = 20_000;

/** What a drag carries; null for files and for nothing. `data` reads one of its formats. */
export function droppedOf(data: (format: string) => string): Dropped | null {
  const listed = data('text/uri-list')
    .split(/\r?\n/)
    .find((line) => line.trim() !== '' && !line.startsWith('#'));
  const text = data('text/plain').trim();
  const url = pastedUrl(listed ?? '') ?? pastedUrl(text);
  if (url) return { url, name: linkName(data('text/html'), url) };
  return text === '' ? null : { text: text.slice(0, MAX_TEXT) };
}

/** The words of a dragged link; null when they only repeat its address. */
function linkName(html: string, url: string): string | null {
  const words = /<a\b[^>]*>([\s\S]*?)<\/a>/i
    .exec(html)?.[1]
    ?.replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words && pastedUrl(words) !== url && !/[<>&]/.test(words) ? words : null;
}

/** The first line of a text, as the title of its card. */
export function titleOf(text: string): string {
  const line = (text.split('\n').find((one) => one.trim() !== '') ?? '')
    .replace(/^[#>*\-\s]+/, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  const letters = [...line];
  if (letters.length === 0) return 'Note';
  return letters.length <= 60 ? line : `${letters.slice(0, 59).join('')}…`;
}

/** The new item; an address is looked up first. */
export async function itemOf(dropped: Dropped): Promise<CreateItem> {
  if ('text' in dropped) {
    return { kind: 'card', title: titleOf(dropped.text), body: dropped.text };
  }
  const { url, name } = dropped;
  const found = await queryClient.fetchQuery(preflightQuery(url)).catch(() => null);
  const title = found?.title ? {} : name ? { title: name.slice(0, MAX_TITLE) } : {};
  return bodyOf(url, title, found);
}

/** The ids and the sizes of the windows of items. */
import type { Item } from '@prox/api-client';
import { isMixed, webUrl } from '@/shared/lib/url';
import type { Size } from '@/system/windows/model';
import { openWindow } from '@/system/windows/store';

const SIZES = {
  embed: { width: 1040, height: 680 },
  card: { width: 440, height: 420 },
  text: { width: 600, height: 560 },
  widget: { width: 560, height: 480 },
};

const PREFIX = 'item:';

export const itemWindowId = (space: string, item: string) => `${PREFIX}${space}/${item}`;

/** The space and the item of a window; null when the window shows something else. */
export function itemOf(window: string): { space: string; item: string } | null {
  if (!window.startsWith(PREFIX)) return null;
  const [space = '', item = ''] = window.slice(PREFIX.length).split('/');
  return { space, item };
}

/** The URL that the window of an item embeds; null when it shows something else. */
export function embeddedUrl(item: Item): URL | null {
  const url = webUrl(item.url);
  return item.mode === 'embed' && url !== null && !isMixed(url, location.origin) ? url : null;
}

export const windowSize = (item: Item): Size =>
  item.kind === 'widget'
    ? SIZES.widget
    : item.kind === 'card'
      ? SIZES.text
      : embeddedUrl(item)
        ? SIZES.embed
        : SIZES.card;

/** Opens a window that an address names, before its item is known. */
export const restoreItemWindow = (id: string): void =>
  openWindow(id, SIZES.embed, { title: 'Item', picture: null }, { provisional: true });

/** Windows of links: pages that nobody saved, opened from within another page. */
import { hostOf, webUrl } from '@/shared/lib/url';
import { openWindow } from '@/system/windows/store';

const PREFIX = 'link:';
const SIZE = { width: 1040, height: 680 };

/** The URL that a window shows; null when it shows something else. */
export const linkOf = (window: string): URL | null =>
  window.startsWith(PREFIX) ? webUrl(window.slice(PREFIX.length)) : null;

export const linkWindowId = (url: URL): string => `${PREFIX}${url.href}`;

export const openLink = (url: URL): void =>
  openWindow(linkWindowId(url), SIZE, { title: hostOf(url.href), picture: null });

/** Makes the file of the desktops that are open. Pure. */
import type { Item } from '@prox/api-client';
import { arranged } from '@/shared/data/order';
import type { Preferences } from '@/shared/state/preferences';
import type { Desktop } from '@/system/desktops/model';
import type { Faces } from '@/system/windows/faces';
import type { Win } from '@/system/windows/model';
import {
  KIND,
  portableWallpaper,
  type Snapshot,
  type SnapshotDesktop,
  type SnapshotItem,
  type SnapshotWindow,
  VERSION,
} from './format';
import type { WindowIds } from './subjects';

export type Home = {
  title: string;
  desktops: readonly Desktop[];
  wallpaperOf: (desktop: string) => unknown;
  open: readonly Win[];
  faces: Faces;
  /** The items of the page. */
  items: readonly Item[];
  /** Any item of the organization. */
  itemOf: (space: string, item: string) => Item | null;
  look: Preferences | null;
  now: Date;
};

/** Names of parameters of an address whose values may be passwords or keys. */
const SECRET = /token|secret|key|sig|auth|pass|pwd|session|credential|jwt|code/i;

/** An address without what may be a secret; null when it is not a web address. */
export function withoutSecrets(address: string | null | undefined): string | null {
  if (!address || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.username = '';
  url.password = '';
  for (const name of [...url.searchParams.keys()]) {
    if (SECRET.test(name)) url.searchParams.delete(name);
  }
  if (/[=&]/.test(url.hash) && SECRET.test(url.hash)) url.hash = '';
  return url.href.length <= 2_048 ? url.href : null;
}

const named = (text: string, most: number, otherwise: string) =>
  text
    .trim()
    .slice(0, most)
    // The cut may leave half a character.
    .replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .trim() || otherwise;

function exportedItem({ kind, title, url, visibility }: Item): SnapshotItem {
  const address = withoutSecrets(url);
  return { kind, title: named(title, 500, 'Item'), ...(address && { url: address }), visibility };
}

function showsOf(win: Win, home: Home, ids: WindowIds): SnapshotWindow['shows'] | null {
  const subject = ids.subjectOf(win.id);
  if (!subject) return null;
  if ('app' in subject) return subject;
  if ('link' in subject) {
    const link = withoutSecrets(subject.link);
    return link ? { link } : null;
  }
  const item = home.itemOf(subject.space, subject.item);
  return item && { item: exportedItem(item) };
}

const clamped = (value: number, least: number, most: number) =>
  Math.round(Math.max(least, Math.min(value, most)));
const side = (value: number) => clamped(value, 100, 20_000);
const offset = (value: number) => clamped(value, -20_000, 20_000);

function exportedWindow(win: Win, home: Home, ids: WindowIds): SnapshotWindow[] {
  const shows = showsOf(win, home, ids);
  if (!shows) return [];
  const { rect, area } = win.placed ?? {};
  return [
    {
      shows,
      title: named(home.faces[win.id]?.title ?? '', 500, 'Window'),
      size: [side(win.size.width), side(win.size.height)],
      ...(rect &&
        area && {
          place: [
            offset(rect.x),
            offset(rect.y),
            side(rect.width),
            side(rect.height),
            side(area.width),
            side(area.height),
          ],
        }),
      shape: win.shape,
      ...(win.minimized && { minimized: true }),
      ...(win.pinned && { pinned: true }),
    },
  ];
}

function exportedDesktop({ id, name }: Desktop, home: Home, ids: WindowIds): SnapshotDesktop {
  const wallpaper = portableWallpaper(home.wallpaperOf(id));
  const own = home.open.filter((win) => win.desktop === id).toSorted((a, b) => a.order - b.order);
  return {
    name: named(name, 80, 'Desktop'),
    ...(wallpaper && { wallpaper }),
    windows: own.flatMap((win) => exportedWindow(win, home, ids)).slice(0, 200),
  };
}

function tilesOf(items: readonly Item[]): Snapshot['tiles'] {
  const { top, inside } = arranged(items);
  const tile = (item: Item) => ({
    ...exportedItem(item),
    size: item.size,
    ...(item.color && { color: item.color }),
  });
  return top.map((item) => ({
    ...tile(item),
    ...(item.kind === 'folder' && { inside: (inside.get(item.id) ?? []).map(tile) }),
  }));
}

export function snapshotOf(home: Home, ids: WindowIds): Snapshot {
  const { look } = home;
  return {
    kind: KIND,
    version: VERSION,
    exported: home.now.toISOString(),
    home: named(home.title, 500, 'Home'),
    desktops: home.desktops.map((desktop) => exportedDesktop(desktop, home, ids)),
    tiles: tilesOf(home.items),
    ...(look && {
      look: {
        mode: look.mode,
        theme: look.theme,
        ...(look.accent !== undefined && { accent: look.accent }),
        density: look.density,
        corners: look.corners,
        icons: look.icons,
      },
    }),
  };
}

/** `Ada Lovelace 2026-11-30.json`, without what file systems refuse. */
export function fileName(home: string, now: Date, extension: string): string {
  const words = home
    .replace(/[\p{Cc}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return `${words.slice(0, 80) || 'Desktop'} ${day}.${extension}`;
}

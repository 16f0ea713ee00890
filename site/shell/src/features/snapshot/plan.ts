/** What an import would do to a home: in words for the preview, and as an arrangement. Pure. */
import type { Item } from '@prox/api-client';
import type { JsonObject } from '@/shared/state/merge-patch';
import type { Preferences } from '@/shared/state/preferences';
import type { Arrangement } from '@/shared/undo/changes';
import type { Desktop } from '@/system/desktops/model';
import type { Faces, WindowFace } from '@/system/windows/faces';
import type { Win } from '@/system/windows/model';
import type { Snapshot, SnapshotItem, SnapshotLook, SnapshotWindow } from './format';
import type { Subject, WindowIds } from './subjects';
import { withoutSecrets } from './write';

export type Mode = 'add' | 'replace';

/** What an import reads of the home. */
export type Target = {
  desktops: readonly Desktop[];
  /** What brings a desktop back. */
  keptOf: (desktop: Desktop) => object;
  open: readonly Win[];
  /** The items of all spaces, those of the page first. */
  items: readonly Item[];
  faceOf: (item: Item) => WindowFace;
  look: Preferences;
};

export type PlannedDesktop = {
  name: string;
  wallpaper: string | null;
  windows: readonly PlannedWindow[];
};

/** A window as it will stand. */
export type PlannedWindow = Pick<
  Win,
  'id' | 'size' | 'placed' | 'cascade' | 'shape' | 'minimized' | 'order'
>;

export type Plan = {
  desktops: readonly PlannedDesktop[];
  /** The names of desktops that are removed, and how many windows close. */
  removed: readonly string[];
  closed: number;
  /** What windows or tiles of the file show and this home does not have. */
  missing: readonly string[];
  /** Windows that are open on a desktop of the person and stay there. */
  staying: readonly string[];
  from: Arrangement;
  to: Arrangement;
  faces: Faces;
};

const FIRST_POSITION = 1_000;

const addressOf = (url: string | null | undefined) =>
  withoutSecrets(url)?.replace(/\/$/, '').toLowerCase() ?? null;

/** Finds the item that a file means: the same address, else the same kind and title. */
function itemFinder(items: readonly Item[]): (wanted: SnapshotItem) => Item | null {
  const byAddress = new Map<string, Item[]>();
  const byTitle = new Map<string, Item>();
  const titleOf = ({ kind, title }: Pick<Item, 'title'> & { kind: string }) => `${kind} ${title}`;
  for (const item of items) {
    const address = addressOf(item.url);
    if (address) byAddress.set(address, [...(byAddress.get(address) ?? []), item]);
    if (!byTitle.has(titleOf(item))) byTitle.set(titleOf(item), item);
  }
  return (wanted) => {
    const address = addressOf(wanted.url);
    const same = (address && byAddress.get(address)) || [];
    const alike = same.find((item) => titleOf(item) === titleOf(wanted));
    return alike ?? same[0] ?? byTitle.get(titleOf(wanted)) ?? null;
  };
}

const freeName = (name: string, taken: ReadonlySet<string>): string => {
  for (let number = 2; ; number += 1) {
    // The cut may leave half a character.
    const start = name.slice(0, 74).replace(/\p{Cs}$/u, '');
    const next = taken.has(name) ? `${start} (${number})` : name;
    if (!taken.has(next)) return next;
  }
};

export const chosenLook = ({
  mode,
  theme,
  accent,
  density,
  corners,
  icons,
}: Preferences | SnapshotLook) => ({
  mode,
  theme,
  accent: accent ?? null,
  density,
  corners,
  icons,
});

export function planOf(
  snapshot: Snapshot,
  mode: Mode,
  target: Target,
  ids: WindowIds,
  withLook: boolean,
): Plan {
  const replacing = mode === 'replace';
  const itemFor = itemFinder(target.items);
  const missing = new Set<string>();
  const staying: string[] = [];
  const faces: Record<string, WindowFace> = {};
  const windows = new Map<string, Omit<PlannedWindow, 'id'>>();
  const open = new Map(target.open.map((win) => [win.id, win]));

  const subjectFor = ({ shows, title }: SnapshotWindow): [Subject | null, WindowFace] => {
    if (!('item' in shows)) return [shows, { title, picture: null }];
    const item = itemFor(shows.item);
    if (!item) return [null, { title, picture: null }];
    return [{ space: item.space_id, item: item.id }, target.faceOf(item)];
  };

  /** Places the windows of a desktop. */
  const place = (shown: readonly SnapshotWindow[], desktop: string): PlannedWindow[] => {
    const placed: PlannedWindow[] = [];
    for (const one of shown) {
      const [subject, face] = subjectFor(one);
      const id = subject && ids.idOf(subject);
      if (!id) missing.add(one.title);
      else if (open.has(id) && !replacing) staying.push(face.title);
      else if (!windows.has(id)) {
        const { size, place, shape, minimized = false, pinned = false } = one;
        const [x, y, width, height, areaWidth, areaHeight] = place ?? [0, 0, 0, 0, 0, 0];
        const window = {
          desktop,
          size: { width: size[0], height: size[1] },
          placed: place
            ? {
                rect: { x, y, width, height },
                area: { width: areaWidth, height: areaHeight },
              }
            : null,
          cascade: placed.length % 18,
          shape,
          minimized,
          pinned,
          order: windows.size + 1,
        };
        windows.set(id, window);
        placed.push({ id, ...window });
        faces[id] = face;
      }
    }
    return placed;
  };

  const taken = new Set(replacing ? [] : target.desktops.map(({ name }) => name));
  const last = Math.max(0, ...target.desktops.map(({ position }) => position));
  const made: Record<string, object> = {};
  const desktops = snapshot.desktops.map((desktop, at) => {
    const id = `imported-${at}`;
    const name = freeName(desktop.name, taken);
    taken.add(name);
    const layout: JsonObject = desktop.wallpaper ? { wallpaper: desktop.wallpaper } : {};
    made[id] = { name, position: last + (at + 1) * FIRST_POSITION, layout };
    return { name, wallpaper: desktop.wallpaper ?? null, windows: place(desktop.windows, id) };
  });
  for (const tile of snapshot.tiles.flatMap((one) => [one, ...(one.inside ?? [])])) {
    if (!itemFor(tile)) missing.add(tile.title);
  }

  const old = replacing ? target.desktops : [];
  const closing = replacing ? target.open.filter(({ id }) => !windows.has(id)) : [];
  const none = (ids: Iterable<string>) => [...ids].map((id) => [id, null] as const);
  const look = withLook && snapshot.look;
  return {
    desktops,
    removed: old.map(({ name }) => name),
    closed: closing.length,
    missing: [...missing],
    staying,
    from: {
      desktops: Object.fromEntries([
        ...none(Object.keys(made)),
        ...old.map((desktop) => [desktop.id, target.keptOf(desktop)] as const),
      ]),
      windows: Object.fromEntries([
        ...[...windows.keys()].map((id) => [id, open.get(id) ?? null] as const),
        ...closing.map((win) => [win.id, win] as const),
      ]),
      ...(look && { look: chosenLook(target.look) }),
    },
    to: {
      desktops: { ...made, ...Object.fromEntries(none(old.map(({ id }) => id))) },
      windows: {
        ...Object.fromEntries(windows),
        ...Object.fromEntries(none(closing.map(({ id }) => id))),
      },
      ...(look && { look: chosenLook(look) }),
    },
    faces,
  };
}

/**
 * The file of an exported desktop. `docs/desktop.schema.json` is made from this schema. The file has
 * no ids: it names what a window shows by its title and address, so that another home can use it.
 */
import { ART, artOf } from '@prox/art';
import * as v from 'valibot';
import { ITEM_SIZES } from '@/shared/data/item-look';
import { DENSITIES, THEMES } from '@/shared/state/look-names';
import { CORNERS, ICON_SHAPES, MODES } from '@/shared/state/preferences';
import { MOST_DESKTOPS } from '@/system/desktops/model';
import { SHAPES } from '@/system/windows/model';

export const KIND = 'prox-desktop';
export const VERSION = 1;

/** Bytes. */
export const LARGEST = 1_000_000;

/** The most windows on one desktop. */
const WINDOWS = 200;
const TILES = 2_000;

/** A control character, or half of one that takes two: the service stores none. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;
/** Only what cannot be seen, or something that changes the direction of the text after it. */
const NO_NAME =
  /^[\s\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]*$|[\u202a-\u202e\u2066-\u2069]/u;

/** Like the folder or page that an item is in; or only for members and people who are named. */
const ITEM_VISIBILITIES = ['inherit', 'private'] as const;

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(most),
    v.check((one) => !UNSTORABLE.test(one)),
  );
const url = v.pipe(v.string(), v.maxLength(2_048), v.regex(/^https?:\/\//, 'not a web address'));
const hue = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(359));
const pixels = (least: number, most: number) =>
  v.pipe(v.number(), v.minValue(least), v.maxValue(most));
const side = pixels(100, 20_000);
const offset = pixels(-20_000, 20_000);

const item = v.strictObject({
  kind: text(40),
  title: text(500),
  url: v.optional(url),
  /** Who sees it. A file from before this was known has none, and says what was true then. */
  visibility: v.optional(v.picklist(ITEM_VISIBILITIES), 'inherit'),
});

const shows = v.union([
  v.strictObject({ app: text(40) }),
  v.strictObject({ link: url }),
  v.strictObject({ item }),
]);

const shownWindow = v.strictObject({
  shows,
  title: text(500),
  /** The width and height with which it opens. */
  size: v.tuple([side, side]),
  /** Left, top, width and height, in an area of the last two. */
  place: v.optional(v.tuple([offset, offset, side, side, side, side])),
  shape: v.picklist(SHAPES),
  minimized: v.optional(v.boolean()),
  pinned: v.optional(v.boolean()),
});

const wallpaper = v.union([v.picklist(ART.map((art) => `art:${art}` as const)), url]);

const desktop = v.strictObject({
  name: v.pipe(
    text(80),
    v.check((one) => !NO_NAME.test(one)),
  ),
  wallpaper: v.optional(wallpaper),
  /** From back to front. */
  windows: v.pipe(v.array(shownWindow), v.maxLength(WINDOWS)),
});

const tile = v.strictObject({
  ...item.entries,
  size: v.picklist(ITEM_SIZES),
  color: v.optional(v.pipe(v.string(), v.maxLength(40))),
});

const look = v.strictObject({
  mode: v.picklist(MODES),
  theme: v.picklist(THEMES),
  accent: v.optional(hue),
  density: v.picklist(DENSITIES),
  corners: v.picklist(CORNERS),
  icons: v.picklist(ICON_SHAPES),
});

export const snapshotSchema = v.strictObject({
  kind: v.literal(KIND),
  version: v.literal(VERSION),
  /** When it was exported. */
  exported: v.pipe(v.string(), v.maxLength(40)),
  /** The title of the page. */
  home: text(500),
  desktops: v.pipe(v.array(desktop), v.minLength(1), v.maxLength(MOST_DESKTOPS)),
  /** The tiles of the page in order; a folder has the tiles in it. */
  tiles: v.pipe(
    v.array(
      v.strictObject({
        ...tile.entries,
        inside: v.optional(v.pipe(v.array(tile), v.maxLength(TILES))),
      }),
    ),
    v.maxLength(TILES),
  ),
  look: v.optional(look),
});

export type Snapshot = v.InferOutput<typeof snapshotSchema>;
export type SnapshotDesktop = Snapshot['desktops'][number];
export type SnapshotWindow = SnapshotDesktop['windows'][number];
export type SnapshotItem = v.InferOutput<typeof item>;
export type SnapshotLook = NonNullable<Snapshot['look']>;

/** A wallpaper as the file can say it; null for one that only this home has. */
export const portableWallpaper = (stored: unknown): SnapshotDesktop['wallpaper'] | null =>
  typeof stored === 'string' && (artOf(stored) !== null || /^https?:\/\//.test(stored))
    ? (stored as SnapshotDesktop['wallpaper'])
    : null;

/** The file, or one sentence on why it cannot be used. */
export type Read = { snapshot: Snapshot } | { problem: string };

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

const tooLarge = 'The file is larger than 1 MB, and no exported desktop is.';

/** A file of a size in bytes; `read` is called for one that may be good. */
export async function readFile(file: Pick<File, 'size' | 'text'>): Promise<Read> {
  if (file.size > LARGEST) return { problem: tooLarge };
  return readSnapshot(await file.text());
}

export function readSnapshot(json: string): Read {
  if (json.length > LARGEST) return { problem: tooLarge };
  const value = parsed(json);
  if (value === undefined)
    return { problem: 'The file is not JSON, so it is not an exported desktop.' };
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'kind') !== KIND)
    return { problem: 'The file does not hold an exported desktop.' };
  const version: unknown = Reflect.get(value, 'version');
  if (typeof version === 'number' && version > VERSION)
    return {
      problem: 'The file comes from a newer version of Prox OS. Reload the page, then try again.',
    };
  const result = v.safeParse(snapshotSchema, value);
  if (result.success) return { snapshot: result.output };
  return { problem: problemOf(result.issues[0]) };
}

/** Names the first place that is wrong: `desktops.0.windows.1.size.0`. */
function problemOf(issue: v.InferIssue<typeof snapshotSchema>): string {
  const at = v.getDotPath(issue);
  if (at === null) return 'The file does not hold an exported desktop.';
  if (issue.expected === 'never') return `The file has a field that is not known here: ${at}.`;
  if (issue.received === 'undefined') return `The file lacks a field: ${at}.`;
  return `The file has a value that cannot be used: ${at}.`;
}

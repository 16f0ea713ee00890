/**
 * How the document of a desktop keeps its windows: one member per window, so that two devices that
 * change different windows, or different fields of one, both hold. A place is one value, an array,
 * because half of one and half of another make no sense. No member is null.
 */
import * as v from 'valibot';
import type { JsonObject } from '@/shared/state/merge-patch';
import type { Faces, Sizes, WindowFace } from './faces';
import { type KeptWin, SHAPES, type Win, type Windows } from './model';

/** The format that this version writes. A newer one is read as far as it is known. */
const FORMAT = 1;

const pixels = v.pipe(v.number(), v.finite());
const pair = v.tuple([pixels, pixels]);

/** A field that cannot be read has its default; only a window without a size is left out. */
const kept = v.object({
  size: pair,
  cascade: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000)), 0),
  place: v.fallback(
    v.optional(v.tuple([pixels, pixels, pixels, pixels, pixels, pixels])),
    undefined,
  ),
  shape: v.fallback(v.picklist(SHAPES), 'free'),
  minimized: v.fallback(v.boolean(), false),
  pinned: v.fallback(v.optional(v.boolean(), false), false),
  order: v.fallback(pixels, 0),
  title: v.fallback(v.optional(v.string(), ''), ''),
  picture: v.fallback(v.optional(v.string()), undefined),
  color: v.fallback(v.optional(v.string()), undefined),
});

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type Layout = {
  windows: KeptWin[];
  faces: Faces;
  /** The sizes that windows had when they were closed. */
  sizes: Sizes;
  /** Whether a newer version of this shell wrote it. */
  isNewer: boolean;
};

function keptWindow(id: string, value: unknown): { win: KeptWin; face: WindowFace } | null {
  const read = v.safeParse(kept, value);
  if (!read.success) return null;
  const { size, place, title, picture, color, ...rest } = read.output;
  const [x, y, width, height, ...area] = place ?? [0, 0, 0, 0, 0, 0];
  return {
    win: {
      id,
      ...rest,
      size: { width: size[0], height: size[1] },
      placed: place
        ? { rect: { x, y, width, height }, area: { width: area[0], height: area[1] } }
        : null,
    },
    face: { title: title || 'Window', picture: picture ?? null, color: color ?? null },
  };
}

/** The windows of a document, the newest of them last. */
export function readLayout(value: JsonObject): Layout {
  const { format } = value;
  const found = Object.entries(isObject(value.windows) ? value.windows : {}).flatMap(
    ([id, one]) => keptWindow(id, one) ?? [],
  );
  found.sort((a, b) => a.win.order - b.win.order);
  const sizes = Object.entries(isObject(value.sizes) ? value.sizes : {}).flatMap(([id, one]) => {
    const read = v.safeParse(pair, one);
    return read.success ? [[id, { width: read.output[0], height: read.output[1] }] as const] : [];
  });
  return {
    windows: found.map(({ win }) => win),
    faces: Object.fromEntries(found.map(({ win, face }) => [win.id, face])),
    sizes: Object.fromEntries(sizes),
    isNewer: typeof format === 'number' && format > FORMAT,
  };
}

function written(win: Win, face: WindowFace | undefined): JsonObject {
  const { size, cascade, placed, shape, minimized, pinned, order } = win;
  const place = placed && {
    place: [
      placed.rect.x,
      placed.rect.y,
      placed.rect.width,
      placed.rect.height,
      placed.area.width,
      placed.area.height,
    ].map(Math.round),
  };
  return {
    size: [size.width, size.height].map(Math.round),
    cascade,
    ...place,
    shape,
    minimized,
    ...(pinned && { pinned }),
    order,
    ...(face?.title && { title: face.title }),
    ...(face?.picture && { picture: face.picture }),
    ...(face?.color && { color: face.color }),
  };
}

/** The part of a desktop's document that this version writes. */
export function writeLayout(
  { open }: Pick<Windows, 'open'>,
  faces: Faces,
  desktop: string,
): JsonObject {
  const own = open.filter((win) => win.desktop === desktop);
  return Object.fromEntries(own.map((win) => [win.id, written(win, faces[win.id])]));
}

/** Adds the format to a document that has none. */
export const withFormat = (value: JsonObject): JsonObject =>
  'format' in value ? value : { format: FORMAT, ...value };

/**
 * Where the overview draws desktops and windows: a strip with a panel for each desktop, and below it
 * the windows of the desktop that is shown, scaled so that none covers another. Pure; pixels of the
 * viewport.
 */
import type { Rect, Size } from '@/system/windows/model';

/** The height of the strip's labels, of the captions below windows, and the space around all. */
const LABEL = 28;
const CAPTION = 36;
const MARGIN = 24;
const GAP = 20;
/** The width that the label of a desktop has when there is room: its name and the button of its menu. */
const LABEL_WIDTH = 132;
/** No window is drawn larger than it is. */
const LARGEST = 0.9;

export type Scaled = { x: number; y: number; scale: number };

/** A panel for each desktop, all of one size, in the middle of the top. */
export function panels(count: number, viewport: Size, area: Size): Rect[] {
  const margin = Math.min(MARGIN, viewport.width / 20);
  const gap = Math.min(12, viewport.width / (8 * count));
  const most = (viewport.width - 2 * margin - (count - 1) * gap) / Math.max(1, count);
  const height = Math.min(Math.max(72, viewport.height * 0.15), 140);
  const width = Math.min(most, (height * area.width) / area.height, 220);
  const used = Math.min(height, (width * area.height) / area.width);
  // Panels as narrow as a phone stand further apart, so that their labels fit.
  const room = (viewport.width - 2 * margin) / Math.max(1, count);
  const stride = Math.max(width + gap, Math.min(LABEL_WIDTH, room));
  const left = (viewport.width - width - (count - 1) * stride) / 2;
  return Array.from({ length: count }, (_, at) => ({
    x: Math.round(left + at * stride),
    y: 56,
    width: Math.round(width),
    height: Math.round(used),
  }));
}

/** The most that the label of a desktop may take. */
export function labelRoom([first, second]: readonly Rect[]): number {
  if (!first) return 0;
  return second ? second.x - first.x - 4 : Math.max(first.width, LABEL_WIDTH);
}

/** The top of the part in which windows are laid out. */
export const belowStrip = (strip: readonly Rect[]): number =>
  Math.max(56, ...strip.map(({ y, height }) => y + height)) + LABEL + 16;

/** A window as it stands on its desktop, in a panel. */
export function inPanel(frame: Rect, panel: Rect, area: Size): Scaled {
  const scale = panel.width / area.width;
  return { x: panel.x + frame.x * scale, y: panel.y + frame.y * scale, scale };
}

/** The columns in which windows of these sizes are largest. */
function bestColumns(sizes: readonly Size[], space: Size): number {
  let best = { columns: 1, share: 0 };
  for (let columns = 1; columns <= sizes.length; columns += 1) {
    const cell = cellOf(sizes.length, columns, space);
    const share = sizes.reduce((sum, size) => {
      const scale = scaleIn(size, cell);
      return sum + size.width * size.height * scale * scale;
    }, 0);
    if (share > best.share) best = { columns, share };
  }
  return best.columns;
}

function cellOf(count: number, columns: number, space: Size): Size {
  const rows = Math.ceil(count / columns);
  return {
    width: (space.width - (columns - 1) * GAP) / columns,
    height: (space.height - (rows - 1) * GAP) / rows - CAPTION,
  };
}

const scaleIn = (size: Size, cell: Size) =>
  Math.max(0.02, Math.min(cell.width / size.width, cell.height / size.height, LARGEST));

/** The windows side by side, in rows; the last row is in the middle. */
export function spread(sizes: readonly Size[], top: number, viewport: Size): Scaled[] {
  if (sizes.length === 0) return [];
  const margin = Math.min(MARGIN, viewport.width / 20);
  const space = {
    width: viewport.width - 2 * margin,
    height: viewport.height - top - MARGIN,
  };
  const columns = bestColumns(sizes, space);
  const cell = cellOf(sizes.length, columns, space);
  return sizes.map((size, at) => {
    const row = Math.floor(at / columns);
    const inRow = Math.min(columns, sizes.length - row * columns);
    const indent = ((columns - inRow) * (cell.width + GAP)) / 2;
    const scale = scaleIn(size, cell);
    return {
      x:
        margin +
        indent +
        (at % columns) * (cell.width + GAP) +
        (cell.width - size.width * scale) / 2,
      y: top + row * (cell.height + CAPTION + GAP) + (cell.height - size.height * scale) / 2,
      scale,
    };
  });
}

/** The entry that an arrow key reaches from `from`: the nearest in that direction. */
export function nearest(rects: readonly Rect[], from: number, key: string): number {
  const own = rects[from];
  if (!own) return from;
  const middle = ({ x, y, width, height }: Rect) => [x + width / 2, y + height / 2] as const;
  const [x, y] = middle(own);
  let best = { at: from, distance: Number.POSITIVE_INFINITY };
  for (const [at, rect] of rects.entries()) {
    if (at === from) continue;
    const [toX, toY] = middle(rect);
    const [dx, dy] = [toX - x, toY - y];
    const along = { ArrowRight: dx, ArrowLeft: -dx, ArrowDown: dy, ArrowUp: -dy }[key] ?? 0;
    const across = key === 'ArrowLeft' || key === 'ArrowRight' ? Math.abs(dy) : Math.abs(dx);
    if (along <= 1) continue;
    const distance = along + 2 * across;
    if (distance < best.distance) best = { at, distance };
  }
  return best.at;
}

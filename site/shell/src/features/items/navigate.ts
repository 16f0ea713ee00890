/** Arrow keys over tiles of several sizes, by the boxes of the tiles on the screen. */
export type Spot = { id: string; x: number; y: number; width: number; height: number };

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

export const isDirection = (key: string): key is Direction =>
  ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);

/** Px by which tiles of one row may differ. */
const TOLERANCE = 8;

/** The tile to go to; null at an edge. `spots` are the boxes of tiles in reading order. */
export function neighbour(
  spots: readonly Spot[],
  from: string,
  direction: Direction,
): string | null {
  const at = spots.findIndex(({ id }) => id === from);
  const here = spots[at];
  if (!here) return spots[0]?.id ?? null;
  if (direction === 'Home') return spots[0]?.id ?? null;
  if (direction === 'End') return spots.at(-1)?.id ?? null;
  // Sideways is reading order, so that the end of one row leads to the next.
  if (direction === 'ArrowLeft') return spots[at - 1]?.id ?? null;
  if (direction === 'ArrowRight') return spots[at + 1]?.id ?? null;
  const way = direction === 'ArrowDown' ? 1 : -1;
  /** Px between the facing edges; negative for what is not on that side. */
  const gap = (spot: Spot) =>
    way > 0 ? spot.y - (here.y + here.height) : here.y - (spot.y + spot.height);
  const ahead = spots.filter((spot) => gap(spot) > -TOLERANCE);
  const nearest = Math.min(...ahead.map(gap));
  const row = ahead.filter((spot) => gap(spot) < nearest + TOLERANCE);
  return row.toSorted((a, b) => aside(a, here) - aside(b, here))[0]?.id ?? null;
}

/** How far aside a box is: not at all when it lies above or below, then by the middles. */
function aside(spot: Spot, here: Spot): number {
  const apart = Math.max(0, spot.x - (here.x + here.width), here.x - (spot.x + spot.width));
  return apart + Math.abs(spot.x + spot.width / 2 - (here.x + here.width / 2)) / 1000;
}

/** Px that no page of a phone's home is high. */
const PAGE = 100_000;

/**
 * The boxes of the tiles inside `root`. Pages stand side by side, and are read one below the other.
 * What is off-screen has a box but no inside yet. Of an open folder it is the box of its title.
 */
export const spotsIn = (root: HTMLElement): Spot[] =>
  [...root.querySelectorAll<HTMLElement>('[data-item]')].map((tile) => {
    const box = 'open' in tile.dataset ? (tile.querySelector('header') ?? tile) : tile;
    const { left, top, width, height } = box.getBoundingClientRect();
    const page = tile.closest<HTMLElement>('[data-page]');
    const x = left - (page?.getBoundingClientRect().left ?? 0);
    const y = top + Number(page?.dataset.page ?? 0) * PAGE;
    return { id: tile.dataset.item ?? '', x, y, width, height };
  });

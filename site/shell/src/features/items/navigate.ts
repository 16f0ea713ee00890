/** Arrow keys over a grid of tiles, by the positions of the tiles on the screen. */
export type Spot = { id: string; x: number; y: number };

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

export const isDirection = (key: string): key is Direction =>
  ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key);

/** The tile to go to; null at an edge. `spots` are tile centres in reading order. */
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
  const sign = direction === 'ArrowDown' ? 1 : -1;
  const ahead = spots.filter(({ y }) => (y - here.y) * sign > 8);
  const nearest = Math.min(...ahead.map(({ y }) => Math.abs(y - here.y)));
  const row = ahead.filter(({ y }) => Math.abs(Math.abs(y - here.y) - nearest) < 8);
  return row.toSorted((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0]?.id ?? null;
}

/** The number of tiles in the row of `from`. */
export const columns = (spots: readonly Spot[], from: string): number => {
  const here = spots.find(({ id }) => id === from);
  return here ? spots.filter(({ y }) => Math.abs(y - here.y) < 8).length : 1;
};

/** The centres of the tiles inside `root`: of their boxes, as what is off-screen has no inside yet. */
export const spotsIn = (root: HTMLElement): Spot[] =>
  [...root.querySelectorAll<HTMLElement>('[data-item]')].map((tile) => {
    const { left, top, width, height } = tile.getBoundingClientRect();
    return { id: tile.dataset.item ?? '', x: left + width / 2, y: top + height / 2 };
  });

/** Which tiles stand on which page of a phone's home. Pure. */

export type Span = { columns: number; rows: number };

/** Columns and rows of pages; the first one has fewer rows, below the header. */
export type Room = { columns: number; rows: number; firstRows: number };

/** Px. The narrowest column of a page, and the fewest columns that it has. */
const COLUMN = 84;
const FEWEST_COLUMNS = 4;

export type Measures = {
  /** Px of a page without its padding. */
  width: number;
  height: number;
  /** Px of the header on the first page. */
  header: number;
  /** Px of the smallest tile, and between tiles. */
  tile: number;
  gap: number;
};

/** The room on pages; null when it is too low for pages. */
export function roomOf({ width, height, header, tile, gap }: Measures): Room | null {
  const most = (space: number, least: number) => Math.floor((space + gap) / (least + gap));
  const rows = most(height, tile);
  if (rows < 2) return null;
  const columns = most(width, COLUMN);
  return {
    // An even number, so that wide tiles meet both margins.
    columns: Math.max(FEWEST_COLUMNS, columns - (columns % 2)),
    rows,
    firstRows: Math.max(1, most(height - header, tile)),
  };
}

/**
 * Fills one page after the other, in order: each tile goes to the first free place behind the one
 * before it, as `grid-auto-flow: row` does. A tile that is higher than a page is as high as the page.
 */
export function paginate<T>(all: readonly T[], spanOf: (one: T) => Span, room: Room): T[][] {
  const pages: T[][] = [];
  let taken: boolean[][] = [];
  let page: T[] = [];
  let height = 0;
  let at = { x: 0, y: 0 };
  const open = () => {
    height = pages.length === 0 ? room.firstRows : room.rows;
    taken = [];
    page = [];
    at = { x: 0, y: 0 };
    pages.push(page);
  };
  open();
  for (const one of all) {
    const columns = Math.min(spanOf(one).columns, room.columns);
    const isFree = (x: number, y: number, rows: number) => {
      for (let row = y; row < y + rows; row += 1)
        for (let column = x; column < x + columns; column += 1)
          if (taken[row]?.[column]) return false;
      return true;
    };
    let rows = Math.min(spanOf(one).rows, height);
    let { x, y } = at;
    while (x + columns > room.columns || !isFree(x, y, rows)) {
      x += 1;
      if (x + columns > room.columns) [x, y] = [0, y + 1];
    }
    if (y + rows > height && page.length > 0) {
      open();
      rows = Math.min(spanOf(one).rows, height);
      [x, y] = [0, 0];
    }
    for (let row = y; row < y + rows; row += 1) {
      taken[row] ??= [];
      for (let column = x; column < x + columns; column += 1) (taken[row] ?? [])[column] = true;
    }
    at = { x: x + columns, y };
    page.push(one);
  }
  return pages;
}

/** Which size follows which when a tile is resized by keys or with a pointer. */
import type { ItemSize } from '@prox/api-client';
import { ITEM_SIZES, SIZE_LABELS, SPANS } from '@/shared/data/item-look';

export type ResizeKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

const distance = (columns: number, rows: number, size: ItemSize) =>
  Math.abs(SPANS[size].columns - columns) + Math.abs(SPANS[size].rows - rows);

/** The size that is nearest to so many columns and rows. */
export const nearestSize = (
  columns: number,
  rows: number,
  among: readonly ItemSize[] = ITEM_SIZES,
): ItemSize | null =>
  among.toSorted((a, b) => distance(columns, rows, a) - distance(columns, rows, b))[0] ?? null;

/** The next wider, narrower, taller or shorter size; null when there is none. */
export function nextSize(from: ItemSize, key: ResizeKey): ItemSize | null {
  const { columns, rows } = SPANS[from];
  const candidates = ITEM_SIZES.filter((size) => {
    const other = SPANS[size];
    if (key === 'ArrowRight') return other.columns > columns;
    if (key === 'ArrowLeft') return other.columns < columns;
    return key === 'ArrowDown' ? other.rows > rows : other.rows < rows;
  });
  return nearestSize(columns, rows, candidates);
}

/** For screen readers: “Card, 2 by 2”. */
export const sizeWords = (size: ItemSize): string =>
  `${SIZE_LABELS[size]}, ${SPANS[size].columns} by ${SPANS[size].rows}`;

/** The sizes of items on the desktop, in cells of its grid. */
import type { ItemSize } from '@prox/api-client';

/** From the smallest. */
export const ITEM_SIZES = [
  'icon',
  'row',
  'card',
  'wide',
  'tall',
] as const satisfies readonly ItemSize[];

/** Columns and rows of each size. */
export const SPANS: Record<ItemSize, { columns: number; rows: number }> = {
  icon: { columns: 1, rows: 1 },
  row: { columns: 2, rows: 1 },
  card: { columns: 2, rows: 2 },
  wide: { columns: 4, rows: 2 },
  tall: { columns: 2, rows: 3 },
};

export const SIZE_LABELS: Record<ItemSize, string> = {
  icon: 'Icon',
  row: 'Row',
  card: 'Card',
  wide: 'Wide',
  tall: 'Tall',
};

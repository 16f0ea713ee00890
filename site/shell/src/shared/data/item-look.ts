/** How items look on the desktop: their size in cells of the grid, their colour and their icon. */
import type { Item } from '@prox/api-client';

export const ITEM_SIZES = ['icon', 'row', 'card', 'wide', 'tall'] as const;

export type ItemSize = (typeof ITEM_SIZES)[number];

/** What servers that know the look of items answer besides. */
type Look = { size?: ItemSize; color?: string | null };

const look = (item: Item): Look => item as Item & Look;

/** Whether the server keeps sizes and colours. */
export const hasLook = (item: Item): boolean => look(item).size !== undefined;

/** The size of a tile; a card shows its text unless another size was chosen. */
export const sizeOf = (item: Item): ItemSize =>
  look(item).size ?? (item.kind === 'card' ? 'card' : 'icon');

/** `#rrggbb`, or null. */
export const colorOf = (item: Item): string | null => look(item).color ?? null;

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

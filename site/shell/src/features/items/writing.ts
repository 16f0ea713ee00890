/** Which card is written on in its tile. */
import type { Item, ItemSize } from '@prox/api-client';
import { create } from 'zustand';

export const useWriting = create<{ item: string | null }>(() => ({ item: null }));

/** Whether the tile of an item is large enough to write on. */
export const isWritable = ({ kind, size }: Pick<Item, 'kind'> & { size: ItemSize }): boolean =>
  kind === 'card' && size !== 'icon' && size !== 'row';

export const writeOn = (item: string): void => useWriting.setState({ item });

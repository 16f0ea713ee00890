/** Where the icon of an item is. */
import type { Item } from '@prox/api-client';

export const iconUrl = (item: Item): string | null => item.icon;

/** Where the icon of an item is. */
import type { Item } from '@prox/api-client';
import { hasLook } from '@/shared/data/item-look';

/** The icon that we keep of the item's site; the picture that the item names where we keep none. */
export function iconUrl(item: Item, organization: string): string | null {
  if (!item.url || !hasLook(item)) return item.icon ?? null;
  const path = `/api/organizations/${organization}/spaces/${item.space_id}/items/${item.id}/icon`;
  return new URL(path, location.origin).href;
}

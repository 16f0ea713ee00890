/** Where the icon of an item is. */
import type { Item, Space } from '@prox/api-client';
import { queryClient } from '@/shared/data/client';
import { keys } from '@/shared/data/keys';

/**
 * The icon that we keep of the item's site. Its address changes with what the icon is taken from, so
 * that no cache shows the icon of another site.
 */
export function iconUrl({ id, space_id, url, icon }: Item): string | null {
  const space = queryClient.getQueryData<Space>(keys.space(space_id));
  if (!url || !space) return icon;
  const path = `/api/organizations/${space.organization_id}/spaces/${space_id}/items/${id}/icon`;
  return new URL(`${path}?of=${hashOf(icon ?? url)}`, location.origin).href;
}

/** FNV-1a, in hexadecimal. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash.toString(16);
}

/** Where the icon of an item is. */
import type { Item, Space, Widget } from '@prox/api-client';
import { GLYPH, LETTERS, PICTURE, pictureUrl } from '@/shared/lib/icon-forms';
import { queryClient } from './client';
import { keys } from './keys';

/** The icons of widgets; a feed has the one of its site. */
const WIDGETS: Partial<Record<Widget, string>> = {
  clock: 'clock',
  events: 'activity',
  health: 'heart-pulse',
  search: 'search',
};

/**
 * What a `Face` shows for an item. The address of the icon that we keep of its site changes with what
 * the icon is taken from, so that no cache shows the icon of another site.
 */
export function iconUrl(
  {
    id,
    space_id,
    url,
    icon,
    widget,
  }: Pick<Item, 'id' | 'space_id' | 'url' | 'icon'> & Partial<Pick<Item, 'widget'>>,
  organization = queryClient.getQueryData<Space>(keys.space(space_id))?.organization_id,
): string | null {
  if (widget && !icon && WIDGETS[widget]) return `${GLYPH}${WIDGETS[widget]}`;
  if (!organization) return icon;
  if (icon?.startsWith(PICTURE)) return pictureUrl(organization, icon);
  if (!url || icon === LETTERS || icon?.startsWith(GLYPH)) return icon;
  const path = `/api/organizations/${organization}/spaces/${space_id}/items/${id}/icon`;
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

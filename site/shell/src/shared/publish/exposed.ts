/** What would become visible with a page, and should not without a second look. Pure. */
import type { Item, ItemExposure, Space, Warning } from '@prox/api-client';

export type Finding = {
  /** The item; null for the words of the page itself, which cannot be private. */
  item: Pick<Item, 'id' | 'title' | 'visibility'> | null;
  title: string;
  warnings: readonly Warning[];
};

type Placed = Pick<Item, 'id' | 'visibility' | 'folder_id'>;

/** Whether everybody sees an item once its page is published. */
function isOpen(id: string, byId: ReadonlyMap<string, Placed>): boolean {
  const item = byId.get(id);
  if (item?.visibility !== 'inherit') return false;
  return item.folder_id === null || isOpen(item.folder_id, byId);
}

/** `warned`: what the report warns of. */
export function exposedBy(
  space: Pick<Space, 'title'>,
  warned: { warnings: readonly Warning[]; items: readonly ItemExposure[] },
  items: readonly Placed[],
): Finding[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const open = warned.items.filter(({ id }) => isOpen(id, byId));
  return [
    ...(warned.warnings.length > 0
      ? [{ item: null, title: space.title, warnings: warned.warnings }]
      : []),
    ...open.map((item) => ({ item, title: item.title, warnings: item.warnings })),
  ];
}

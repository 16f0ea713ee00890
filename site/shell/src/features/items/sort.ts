/** Sorting the tiles of a page, at the top and in each folder. Pure. */
import type { Item } from '@prox/api-client';
import { arranged } from '@/shared/data/order';
import type { ItemOrder, SortChange } from '@/shared/undo/changes';

export const SORTS = ['name', 'kind', 'recent'] as const;
export type Sort = (typeof SORTS)[number];

export const SORT_NAMES: Record<Sort, string> = {
  name: 'By name',
  kind: 'By kind',
  recent: 'Recently changed first',
};

const TITLES: Record<Sort, string> = { name: 'name', kind: 'kind', recent: 'time of change' };

/** Folders first, then what opens, then what shows something by itself. */
const KINDS: readonly Item['kind'][] = ['folder', 'app', 'link', 'card', 'widget'];

const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const byName = (a: Item, b: Item) => words.compare(a.title, b.title);

const ORDERS: Record<Sort, (a: Item, b: Item) => number> = {
  name: byName,
  kind: (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || byName(a, b),
  recent: (a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at),
};

const isSame = (one: readonly string[], other: readonly string[] = []) =>
  one.every((id, at) => id === other[at]);

/** The change that sorts; null when everything is in that order already. */
export function sorting(items: readonly Item[], sort: Sort): SortChange | null {
  const { top, inside } = arranged(items);
  const rows = [[null, top] as const, ...inside];
  const orderOf = (by: (row: readonly Item[]) => readonly Item[]): ItemOrder =>
    rows.map(([folder, row]) => ({ folder, ids: by(row).map(({ id }) => id) }));
  const from = orderOf((row) => row);
  const to = orderOf((row) => row.toSorted(ORDERS[sort]));
  if (to.every(({ ids }, at) => isSame(ids, from[at]?.ids))) return null;
  return { kind: 'sort', title: TITLES[sort], from, to };
}

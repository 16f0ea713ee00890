/** The order of items on a space: pure functions over the list as the server gives it. */
import type { Item, Place } from '@prox/api-client';

/** A place with both fields. */
export type FullPlace = { folder_id: string | null; after: string | null };

export const fullPlace = (place: Place): FullPlace => ({
  folder_id: place.folder_id ?? null,
  after: place.after ?? null,
});

const folderOf = (item: Item) => item.folder_id ?? null;

/** The items of one folder, or of the top level, in order. */
export const neighbours = (items: readonly Item[], folder: string | null): Item[] =>
  items.filter((item) => folderOf(item) === folder);

/** The list with one item moved; the same list when the item is not in it. */
export function moved(items: readonly Item[], id: string, place: FullPlace): readonly Item[] {
  const item = items.find((candidate) => candidate.id === id);
  if (!item) return items;
  const rest = items.filter((candidate) => candidate !== item);
  const after = place.after ? rest.findIndex((candidate) => candidate.id === place.after) : -1;
  const at =
    after >= 0 ? after + 1 : rest.findIndex((candidate) => folderOf(candidate) === place.folder_id);
  const target = at < 0 ? rest.length : at;
  return rest.toSpliced(target, 0, { ...item, folder_id: place.folder_id });
}

/** The list after a deletion; the items of a deleted folder move to the top level. */
export const without = (items: readonly Item[], id: string): readonly Item[] =>
  items
    .filter((item) => item.id !== id)
    .map((item) => (item.folder_id === id ? { ...item, folder_id: null } : item));

/** Whether a move would change nothing. */
export function alreadyAt(items: readonly Item[], id: string, place: FullPlace): boolean {
  const item = items.find((candidate) => candidate.id === id);
  if (!item || place.after === id) return true;
  if (folderOf(item) !== place.folder_id) return false;
  const row = neighbours(items, place.folder_id);
  return (row[row.indexOf(item) - 1]?.id ?? null) === place.after;
}

/** The place `by` steps further in `row` (negative: back), at most at its edge; null when that is here. */
export function step(row: readonly Item[], id: string, by: number): FullPlace | null {
  const at = row.findIndex((item) => item.id === id);
  const item = row[at];
  if (!item) return null;
  const target = Math.max(0, Math.min(row.length - 1, at + by));
  if (target === at) return null;
  const after = row[by > 0 ? target : target - 1];
  return { folder_id: folderOf(item), after: after?.id ?? null };
}

/** The place at the end of a folder, or of the top. */
export function endOf(items: readonly Item[], folder: string | null, except?: string): FullPlace {
  const last = neighbours(items, folder).findLast((item) => item.id !== except);
  return { folder_id: folder, after: last?.id ?? null };
}

/** The current place of an item, to restore it later. */
export function placeOf(items: readonly Item[], item: Item): FullPlace {
  const row = neighbours(items, folderOf(item));
  const at = row.findIndex((candidate) => candidate.id === item.id);
  return { folder_id: folderOf(item), after: row[at - 1]?.id ?? null };
}

/**
 * The moves that bring the ids of a row into another order, as few as possible: each id goes behind
 * another one, or to the front (null). What `wanted` does not name stays.
 */
export function movesTo(
  row: readonly string[],
  wanted: readonly string[],
): { id: string; after: string | null }[] {
  const at = new Map(row.map((id, index) => [id, index]));
  const order = wanted.filter((id) => at.has(id));
  const stay = longestRise(order.map((id) => at.get(id) ?? 0));
  return order.flatMap((id, index) =>
    stay.has(index) ? [] : [{ id, after: order[index - 1] ?? null }],
  );
}

/** The indexes of a longest part of a list that rises, which need not be in one piece. */
function longestRise(values: readonly number[]): Set<number> {
  /** The indexes at which the best part of each length ends. */
  const ends: number[] = [];
  const before = values.map(() => -1);
  for (const [index, value] of values.entries()) {
    let low = 0;
    for (let high = ends.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((values[ends[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = ends[low - 1] ?? -1;
    ends[low] = index;
  }
  const found = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) found.add(index);
  return found;
}

export type Arranged = {
  /** The items and folders of the top level. */
  top: Item[];
  /** The items of each folder, by its id. */
  inside: ReadonlyMap<string, Item[]>;
};

/** The space as it is shown. An item whose folder was deleted is at the top level. */
export function arranged(items: readonly Item[]): Arranged {
  const inside = new Map(
    items.filter(({ kind }) => kind === 'folder').map(({ id }) => [id, [] as Item[]]),
  );
  const top: Item[] = [];
  for (const item of items) {
    (inside.get(folderOf(item) ?? '') ?? top).push(item);
  }
  return { top, inside };
}

/** The siblings of an item, itself included, in the order in which they are shown. */
export function siblings(items: readonly Item[], item: Item): readonly Item[] {
  const { top, inside } = arranged(items);
  return inside.get(folderOf(item) ?? '') ?? top;
}

/** Where a tile that is dragged would land: under a point, beside another tile or in a folder. */

type Side = 'before' | 'after';

/** Where a dragged item was let go: beside another item, or at the end of a folder or of the top. */
export type Drop =
  | { item: string; beside: string; side: Side }
  | { item: string; folder: string | null };

type Point = { clientX: number; clientY: number };

/** What the pointer is over, and how it is marked. */
export type Spot = { element: HTMLElement; mark: Side | 'inside'; drop: Drop };

/** The share of a closed folder's width, at each side, that means beside it. */
const EDGE = 0.25;

/**
 * `data-item` names a tile, `data-section` the folder of a list, empty for none. A folder takes what
 * is dropped in its middle, but no other folder.
 */
export function spotAt(root: HTMLElement, { clientX, clientY }: Point, item: string): Spot | null {
  const under = document.elementFromPoint(clientX, clientY);
  const found = under?.closest<HTMLElement>('[data-item], [data-section]');
  if (!found || !root.contains(found)) return null;
  const dragsFolder = root.querySelector(`[data-folder][data-item="${CSS.escape(item)}"]`) !== null;
  const section = found.dataset.section;
  if (section !== undefined) {
    if (section !== '' && dragsFolder) return null;
    // The room below the tiles of a page belongs to that page, not to the end of the last one.
    const last = found.closest('[data-page]')?.querySelector<HTMLElement>('li:last-child');
    const beside = last?.dataset.item;
    if (beside === item) return null;
    if (beside) return { element: found, mark: 'inside', drop: { item, beside, side: 'after' } };
    return { element: found, mark: 'inside', drop: { item, folder: section || null } };
  }
  const beside = found.dataset.item ?? '';
  if (beside === item) return null;
  const isInFolder = found.parentElement?.dataset.section !== '';
  if (isInFolder && dragsFolder) return null;
  const { left, width } = found.getBoundingClientRect();
  const share = (clientX - left) / width;
  const isFolder = 'folder' in found.dataset;
  if (isFolder && !dragsFolder && ('open' in found.dataset || (share > EDGE && share < 1 - EDGE))) {
    return { element: found, mark: 'inside', drop: { item, folder: beside } };
  }
  const side = share < 0.5 ? 'before' : 'after';
  return { element: found, mark: side, drop: { item, beside, side } };
}

/** Marks one spot at a time. */
export function marker(): (spot: Spot | null) => void {
  let marked: HTMLElement | null = null;
  return (spot) => {
    if (marked && marked !== spot?.element) delete marked.dataset.drop;
    marked = spot?.element ?? null;
    // The same value again would be another change of styles.
    if (spot && spot.element.dataset.drop !== spot.mark) spot.element.dataset.drop = spot.mark;
  };
}

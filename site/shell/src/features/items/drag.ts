/**
 * Dragging tiles, on pragmatic-drag-and-drop. Fetched when a pointer first enters the grid.
 * One listener for a grid of any size: a tile becomes draggable when a pointer enters it.
 */
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import {
  draggable,
  dropTargetForElements,
  type ElementDragPayload,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';

type Side = 'before' | 'after';

/** Where a dragged item was let go: beside another item, or at the end of a folder or of the top. */
export type Drop =
  | { item: string; beside: string; side: Side }
  | { item: string; folder: string | null };

type Point = { clientX: number; clientY: number };

/** What the pointer is over, and how it is marked. */
type Spot = { element: HTMLElement; mark: Side | 'inside'; drop: Drop };

const itemOf = (source: ElementDragPayload): string => String(source.data.item ?? '');

/** The share of a closed folder's width, at each side, that means beside it. */
const EDGE = 0.25;

/**
 * `data-item` names a tile, `data-section` the folder of a list, empty for none. A folder takes what
 * is dropped in its middle, but no other folder.
 */
function spotAt(root: HTMLElement, { clientX, clientY }: Point, item: string): Spot | null {
  const under = document.elementFromPoint(clientX, clientY);
  const found = under?.closest<HTMLElement>('[data-item], [data-section]');
  if (!found || !root.contains(found)) return null;
  const dragsFolder = root.querySelector(`[data-folder][data-item="${CSS.escape(item)}"]`) !== null;
  const section = found.dataset.section;
  if (section !== undefined) {
    if (section !== '' && dragsFolder) return null;
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

export function attach(root: HTMLElement, dropped: (drop: Drop) => void): () => void {
  const tiles = new Map<HTMLElement, () => void>();
  const wake = (target: Element | null) => {
    const tile = target?.closest<HTMLElement>('[data-item]');
    // An open folder is a band of other tiles, and is moved by its menu or by keys.
    if (tile && !('open' in tile.dataset) && !tiles.has(tile)) tiles.set(tile, attachTile(tile));
  };
  const over = ({ target }: PointerEvent) => wake(target instanceof Element ? target : null);
  let marked: HTMLElement | null = null;
  const mark = (spot: Spot | null) => {
    if (marked && marked !== spot?.element) delete marked.dataset.drop;
    marked = spot?.element ?? null;
    // The same value again would be another change of styles.
    if (spot && spot.element.dataset.drop !== spot.mark) spot.element.dataset.drop = spot.mark;
  };
  root.addEventListener('pointerover', over);
  // The pointer whose coming fetched this module is over a tile already.
  wake(root.querySelector('[data-item]:hover'));
  return combine(
    () => {
      root.removeEventListener('pointerover', over);
      for (const detach of tiles.values()) detach();
    },
    dropTargetForElements({
      element: root,
      canDrop: ({ source }) => itemOf(source) !== '',
      onDrag: ({ source, location }) => mark(spotAt(root, location.current.input, itemOf(source))),
      onDragLeave: () => mark(null),
      onDrop: ({ source, location }) => {
        mark(null);
        const spot = spotAt(root, location.current.input, itemOf(source));
        if (spot) dropped(spot.drop);
      },
    }),
  );
}

function attachTile(element: HTMLElement): () => void {
  return draggable({
    element,
    canDrag: ({ input: { clientX, clientY } }) =>
      !document.elementFromPoint(clientX, clientY)?.closest('[data-resize]'),
    getInitialData: () => ({ item: element.dataset.item }),
    onDragStart: () => {
      element.dataset.dragging = '';
      document.documentElement.dataset.gesture = '';
    },
    onDrop: () => {
      delete element.dataset.dragging;
      delete document.documentElement.dataset.gesture;
    },
  });
}

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

/** Where a dragged item was let go: beside another item, or at the end of a section. */
export type Drop =
  | { item: string; beside: string; side: Side }
  | { item: string; folder: string | null };

type Point = { clientX: number; clientY: number };

/** What the pointer is over, and how it is marked. */
type Spot = { element: HTMLElement; mark: Side | 'inside'; drop: Drop };

const itemOf = (source: ElementDragPayload): string => String(source.data.item ?? '');

/** `data-item` names a tile, `data-section` the folder of a list, empty for none. */
function spotAt(root: HTMLElement, { clientX, clientY }: Point, item: string): Spot | null {
  const under = document.elementFromPoint(clientX, clientY);
  const tile = under?.closest<HTMLElement>('[data-item]');
  if (tile && root.contains(tile)) {
    const beside = tile.dataset.item ?? '';
    if (beside === item) return null;
    const { left, width } = tile.getBoundingClientRect();
    const side = clientX < left + width / 2 ? 'before' : 'after';
    return { element: tile, mark: side, drop: { item, beside, side } };
  }
  const section = under?.closest<HTMLElement>('[data-section]');
  if (!section || !root.contains(section)) return null;
  const folder = section.dataset.section || null;
  return { element: section, mark: 'inside', drop: { item, folder } };
}

export function attach(root: HTMLElement, dropped: (drop: Drop) => void): () => void {
  const tiles = new Map<HTMLElement, () => void>();
  const wake = (target: Element | null) => {
    const tile = target?.closest<HTMLElement>('[data-item]');
    if (tile && !tiles.has(tile)) tiles.set(tile, attachTile(tile));
  };
  const over = ({ target }: PointerEvent) => wake(target instanceof Element ? target : null);
  let marked: HTMLElement | null = null;
  const mark = (spot: Spot | null) => {
    if (marked && marked !== spot?.element) delete marked.dataset.drop;
    marked = spot?.element ?? null;
    if (spot) spot.element.dataset.drop = spot.mark;
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

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
import { type Drop, marker, spotAt } from './spot';

const itemOf = (source: ElementDragPayload): string => String(source.data.item ?? '');

export function attach(root: HTMLElement, dropped: (drop: Drop) => void): () => void {
  const tiles = new Map<HTMLElement, () => void>();
  const wake = (target: Element | null) => {
    const tile = target?.closest<HTMLElement>('[data-item]');
    // An open folder is a band of other tiles, and is moved by its menu or by keys.
    if (tile && !('open' in tile.dataset) && !tiles.has(tile)) tiles.set(tile, attachTile(tile));
  };
  const over = ({ target }: PointerEvent) => wake(target instanceof Element ? target : null);
  const mark = marker();
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
      !document.elementFromPoint(clientX, clientY)?.closest('[data-resize], input, textarea'),
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

/** Dragging tiles, on pragmatic-drag-and-drop. Fetched when a pointer first enters the grid. */
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

const itemOf = (source: ElementDragPayload): string => String(source.data.item ?? '');

function sideOf(element: Element, clientX: number): Side {
  const { left, width } = element.getBoundingClientRect();
  return clientX < left + width / 2 ? 'before' : 'after';
}

export function attachTile(
  element: HTMLElement,
  id: string,
  dropped: (drop: Drop) => void,
): () => void {
  const mark = (side: Side | null) => {
    if (side) element.dataset.drop = side;
    else delete element.dataset.drop;
  };
  return combine(
    draggable({
      element,
      getInitialData: () => ({ item: id }),
      onDragStart: () => {
        element.dataset.dragging = '';
        document.documentElement.dataset.gesture = '';
      },
      onDrop: () => {
        delete element.dataset.dragging;
        delete document.documentElement.dataset.gesture;
      },
    }),
    dropTargetForElements({
      element,
      canDrop: ({ source }) => itemOf(source) !== '' && itemOf(source) !== id,
      onDrag: ({ location }) => mark(sideOf(element, location.current.input.clientX)),
      onDragLeave: () => mark(null),
      onDrop: ({ source, location }) => {
        mark(null);
        dropped({
          item: itemOf(source),
          beside: id,
          side: sideOf(element, location.current.input.clientX),
        });
      },
    }),
  );
}

export function attachSection(
  element: HTMLElement,
  folder: string | null,
  dropped: (drop: Drop) => void,
): () => void {
  const mark = (on: boolean) => {
    if (on) element.dataset.drop = 'inside';
    else delete element.dataset.drop;
  };
  return dropTargetForElements({
    element,
    canDrop: ({ source }) => itemOf(source) !== '',
    // A tile inside has the first word.
    onDropTargetChange: ({ location, self }) =>
      mark(location.current.dropTargets[0]?.element === self.element),
    onDragLeave: () => mark(false),
    onDrop: ({ source, location, self }) => {
      mark(false);
      if (location.current.dropTargets[0]?.element === self.element)
        dropped({ item: itemOf(source), folder });
    },
  });
}

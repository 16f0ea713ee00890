/**
 * Moving and resizing by pointer. While a gesture runs, it styles the element of the window and
 * nothing is rendered; its end is one change. `<html data-gesture>` takes the pointer away from all
 * iframes, which would swallow it otherwise.
 */
import type { PointerEvent as ReactPointerEvent } from 'react';
import { type Edge, frameOf, pulled, type Rect, reachable, type Shape, snapAt } from './model';
import { dispatch, useWindows, windowElement } from './store';

type Track = {
  move: (dx: number, dy: number, event: PointerEvent) => void;
  end: () => void;
  /** The person pressed Escape, or the browser took the pointer away. */
  cancel: () => void;
};

function track(event: ReactPointerEvent<HTMLElement>, { move, end, cancel }: Track): void {
  const element: HTMLElement = event.currentTarget;
  const { pointerId, clientX, clientY } = event;
  element.setPointerCapture(pointerId);
  document.documentElement.dataset.gesture = '';
  useWindows.setState({ dragging: true });
  const controller = new AbortController();
  const { signal } = controller;
  const finish = (last: () => void) => {
    controller.abort();
    delete document.documentElement.dataset.gesture;
    last();
    // After the last change: what other devices changed meanwhile is taken over now.
    useWindows.setState({ dragging: false });
  };
  element.addEventListener(
    'pointermove',
    (e) => move(e.clientX - clientX, e.clientY - clientY, e),
    { signal },
  );
  element.addEventListener('pointerup', () => finish(end), { signal });
  const abort = () => finish(cancel);
  element.addEventListener('lostpointercapture', abort, { signal });
  // Before anything else that Escape closes.
  addEventListener(
    'keydown',
    (e) => {
      if (e.key !== 'Escape') return;
      e.preventDefault();
      e.stopImmediatePropagation();
      abort();
      element.releasePointerCapture(pointerId);
    },
    { signal, capture: true },
  );
}

const find = (id: string) => useWindows.getState().open.find((one) => one.id === id);

/** Draws a window at a rectangle without a render. */
function paint(id: string, { x, y, width, height }: Rect): void {
  const style = windowElement(id)?.style;
  if (!style) return;
  style.translate = `${Math.round(x)}px ${Math.round(y)}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}

/** Draws a window where the model has it. */
function settle(id: string): void {
  const win = find(id);
  if (win) paint(id, frameOf(win, useWindows.getState().area));
}

type Snap = (shape: Shape) => void;

/** How far the pointer moves before it is a drag and not a click, in px. */
const THRESHOLD = 4;

/** Drags a window by its title bar; `preview` gets the shape that it would have on release. */
export function startMove(id: string, event: ReactPointerEvent<HTMLElement>, preview: Snap): void {
  const win = find(id);
  const layer = event.currentTarget.closest('[data-window-layer]')?.getBoundingClientRect();
  if (!win || !layer || event.button !== 0) return;
  const { area } = useWindows.getState();
  let rect = frameOf(win, area);
  if (win.shape !== 'free') {
    // A window that filled a part of the area shrinks under the pointer.
    const share = (event.clientX - layer.left - rect.x) / rect.width;
    const free = frameOf({ ...win, shape: 'free' }, area);
    rect = { ...free, x: event.clientX - layer.left - free.width * share, y: rect.y };
  }
  let shape: Shape = 'free';
  let last: Rect | null = null;
  const show = (next: Shape) => {
    if (next !== shape) preview(next);
    shape = next;
  };
  track(event, {
    move: (dx, dy, { clientX, clientY }) => {
      if (last === null && Math.abs(dx) + Math.abs(dy) < THRESHOLD) return;
      last = reachable({ ...rect, x: rect.x + dx, y: rect.y + dy }, area);
      paint(id, last);
      show(snapAt(clientX - layer.left, clientY - layer.top, area));
    },
    end: () => {
      // A window that snaps keeps the place that it had when it was free.
      if (shape !== 'free') dispatch({ type: 'shape', id, shape });
      else if (last) dispatch({ type: 'place', id, rect: last });
      settle(id);
      show('free');
    },
    cancel: () => {
      settle(id);
      show('free');
    },
  });
}

export function startResize(id: string, edge: Edge, event: ReactPointerEvent<HTMLElement>): void {
  const win = find(id);
  if (!win || event.button !== 0) return;
  const { area } = useWindows.getState();
  const rect = frameOf(win, area);
  let last: Rect | null = null;
  track(event, {
    move: (dx, dy) => {
      last = reachable(pulled(rect, edge, dx, dy), area);
      paint(id, last);
    },
    end: () => {
      if (last) dispatch({ type: 'place', id, rect: last });
      settle(id);
    },
    cancel: () => settle(id),
  });
}

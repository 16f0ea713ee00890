/**
 * Moving and resizing by pointer. While a gesture runs, `<html data-gesture>` takes the
 * pointer away from all iframes, which would swallow it otherwise.
 */
import type { PointerEvent as ReactPointerEvent } from 'react';
import { type Edge, frameOf, pulled, type Rect, type Shape, snapAt } from './model';
import { dispatch, useWindows } from './store';

type Track = {
  move: (dx: number, dy: number, event: PointerEvent) => void;
  end?: () => void;
  /** The person pressed Escape, or the browser took the pointer away. */
  cancel: () => void;
};

function track(event: ReactPointerEvent<HTMLElement>, { move, end, cancel }: Track): void {
  const element: HTMLElement = event.currentTarget;
  const { pointerId, clientX, clientY } = event;
  element.setPointerCapture(pointerId);
  document.documentElement.dataset.gesture = '';
  const controller = new AbortController();
  const { signal } = controller;
  const finish = () => {
    controller.abort();
    delete document.documentElement.dataset.gesture;
  };
  element.addEventListener(
    'pointermove',
    (e) => move(e.clientX - clientX, e.clientY - clientY, e),
    { signal },
  );
  element.addEventListener(
    'pointerup',
    () => {
      finish();
      end?.();
    },
    { signal },
  );
  const abort = () => {
    finish();
    cancel();
  };
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

function current(id: string): Rect | null {
  const { open, area } = useWindows.getState();
  const win = open.find((one) => one.id === id);
  return win ? frameOf(win, area) : null;
}

type Snap = (shape: Shape) => void;

/** Drags a window by its title bar; `preview` gets the shape that it would have on release. */
export function startMove(id: string, event: ReactPointerEvent<HTMLElement>, preview: Snap): void {
  const start = current(id);
  const win = useWindows.getState().open.find((one) => one.id === id);
  const layer = event.currentTarget.closest('[data-window-layer]')?.getBoundingClientRect();
  if (!start || !win || !layer || event.button !== 0) return;
  let rect = start;
  if (win.shape !== 'free') {
    // A window that filled the area shrinks under the pointer.
    const share = (event.clientX - layer.left - start.x) / start.width;
    const free = frameOf({ ...win, shape: 'free' }, useWindows.getState().area);
    rect = { ...free, x: event.clientX - layer.left - free.width * share, y: start.y };
  }
  let shape: Shape = 'free';
  track(event, {
    move: (dx, dy, { clientX, clientY }) => {
      if (Math.abs(dx) + Math.abs(dy) < 4) return;
      dispatch({ type: 'place', id, rect: { ...rect, x: rect.x + dx, y: rect.y + dy } });
      shape = snapAt(clientX - layer.left, clientY - layer.top, useWindows.getState().area);
      preview(shape);
    },
    end: () => {
      if (shape !== 'free') dispatch({ type: 'shape', id, shape });
      preview('free');
    },
    cancel: () => {
      dispatch({ type: 'put', win });
      preview('free');
    },
  });
}

export function startResize(id: string, edge: Edge, event: ReactPointerEvent<HTMLElement>): void {
  const start = current(id);
  const win = useWindows.getState().open.find((one) => one.id === id);
  if (!start || !win || event.button !== 0) return;
  track(event, {
    move: (dx, dy) => dispatch({ type: 'place', id, rect: pulled(start, edge, dx, dy) }),
    cancel: () => dispatch({ type: 'put', win }),
  });
}

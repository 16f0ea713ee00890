/**
 * Moving and resizing by pointer. While a gesture runs, each frame of the display styles the element
 * of the window once, and nothing is rendered; its end is one change. `<html data-gesture>` takes the
 * pointer away from all iframes, which would swallow it otherwise.
 */
import type { PointerEvent as ReactPointerEvent } from 'react';
import { type Edge, frameOf, pulled, type Rect, reachable, type Shape, snapAt } from './model';
import { dispatch, useWindows, windowElement } from './store';

type Track = {
  /** Runs at most once in each frame of the display, and before the end. */
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
  let latest: PointerEvent | null = null;
  let frame = 0;
  const step = () => {
    frame = 0;
    if (latest) move(latest.clientX - clientX, latest.clientY - clientY, latest);
    latest = null;
  };
  const finish = (last: () => void) => {
    controller.abort();
    cancelAnimationFrame(frame);
    delete document.documentElement.dataset.gesture;
    last();
    // After the last change: what other devices changed meanwhile is taken over now.
    useWindows.setState({ dragging: false });
  };
  const options = { signal, capture: true };
  const own = (listener: (event: PointerEvent) => void) => (e: PointerEvent) => {
    if (e.pointerId === pointerId) listener(e);
  };
  // Nobody else needs to know where the pointer is, for example the listeners of React.
  addEventListener('mousemove', (e) => e.stopImmediatePropagation(), options);
  addEventListener(
    'pointermove',
    own((e) => {
      e.stopImmediatePropagation();
      latest = e;
      frame ||= requestAnimationFrame(step);
    }),
    options,
  );
  addEventListener(
    'pointerup',
    own(() => {
      step();
      finish(end);
    }),
    options,
  );
  const abort = () => finish(cancel);
  // Also when the element is gone: the event is one of the document then.
  addEventListener('lostpointercapture', own(abort), options);
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
    options,
  );
}

const find = (id: string) => useWindows.getState().open.find((one) => one.id === id);

/** Draws a window at a rectangle without a render. */
function paint({ style }: HTMLElement, { x, y, width, height }: Rect): void {
  style.translate = `${Math.round(x)}px ${Math.round(y)}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}

/** Draws a window where the model has it. */
function settle(element: HTMLElement, id: string): void {
  const win = find(id);
  if (win) paint(element, frameOf(win, useWindows.getState().area));
}

type Snap = (shape: Shape) => void;

/** How far the pointer moves before it is a drag and not a click, in px. */
const THRESHOLD = 4;

/** Drags a window by its title bar; `preview` gets the shape that it would have on release. */
export function startMove(id: string, event: ReactPointerEvent<HTMLElement>, preview: Snap): void {
  const win = find(id);
  const element = windowElement(id);
  const layer = element?.closest('[data-window-layer]')?.getBoundingClientRect();
  if (!win || !element || !layer || event.button !== 0) return;
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
      paint(element, last);
      show(snapAt(clientX - layer.left, clientY - layer.top, area));
    },
    end: () => {
      // A window that snaps keeps the place that it had when it was free.
      if (shape !== 'free') dispatch({ type: 'shape', id, shape });
      else if (last) dispatch({ type: 'place', id, rect: last });
      settle(element, id);
      show('free');
    },
    cancel: () => {
      settle(element, id);
      show('free');
    },
  });
}

export function startResize(id: string, edge: Edge, event: ReactPointerEvent<HTMLElement>): void {
  const win = find(id);
  const element = windowElement(id);
  if (!win || !element || event.button !== 0) return;
  const { area } = useWindows.getState();
  const rect = frameOf(win, area);
  let last: Rect | null = null;
  track(event, {
    move: (dx, dy) => {
      last = reachable(pulled(rect, edge, dx, dy), area);
      paint(element, last);
    },
    end: () => {
      if (last) dispatch({ type: 'place', id, rect: last });
      settle(element, id);
    },
    cancel: () => settle(element, id),
  });
}

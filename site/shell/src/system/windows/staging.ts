/**
 * Renders the content of windows that a document opened one after the other: first of the window in
 * front, then of those that can be seen. What is out of sight waits until it is seen, and all wait
 * while the pointer drags a window.
 */
import { activeOf, isOutOfSight } from './model';
import { markSeen, useWindows, windowElement } from './store';

/** Milliseconds after which the next window starts, although the page of the one before did not load. */
const NEXT_AFTER = 1_000;

/** The next window to render; null when all that can be seen are rendered. */
function nextUnseen(compact: boolean): string | null {
  const state = useWindows.getState();
  const { unseen, stack } = state;
  return stack.findLast((id) => unseen.includes(id) && !isOutOfSight(state, id, compact)) ?? null;
}

/** Whether the content of a window is there, and is not a page that loads. */
function isComplete(id: string): boolean {
  const content = windowElement(id)?.querySelector('[data-content]');
  return content?.firstChild != null && content.querySelector('iframe, .skeleton') === null;
}

/** Runs until the returned function is called. `layer` holds all windows. */
export function stageContent(layer: HTMLElement, isCompact: () => boolean): () => void {
  let current: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const show = (id: string) => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    current = id;
    timer = setTimeout(proceed, NEXT_AFTER);
    markSeen(id);
    const look = () => {
      if (isComplete(id)) proceed();
      else frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
  };
  const step = () => {
    const state = useWindows.getState();
    if (state.unseen.length === 0 || state.dragging) return;
    const active = activeOf(state);
    if (active && state.unseen.includes(active)) return show(active);
    const next = current === null ? nextUnseen(isCompact()) : null;
    if (next) show(next);
  };
  const proceed = () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    current = null;
    step();
  };
  // The event does not bubble, but it is captured.
  const loaded = ({ target }: Event) => {
    const of = target instanceof HTMLIFrameElement && target.closest<HTMLElement>('[data-window]');
    if (of && of.dataset.window === current) proceed();
  };
  layer.addEventListener('load', loaded, true);
  const unsubscribe = useWindows.subscribe(step);
  step();
  return () => {
    unsubscribe();
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    layer.removeEventListener('load', loaded, true);
  };
}

/** Windows by keyboard: the same moves as by pointer, each announced. */
import { announce } from '@/shared/ui/announce';
import { activeOf, frameOf, type Shape } from './model';
import { dispatch, focusWindow, useWindows } from './store';

/** Px for each press of an arrow. */
const STEP = 24;

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a shape is called. */
export const SHAPE_NAMES: Record<Shape, string> = {
  free: 'Restored',
  left: 'Left half',
  right: 'Right half',
  maximized: 'Maximized',
  'top-left': 'Top left quarter',
  'top-right': 'Top right quarter',
  'bottom-left': 'Bottom left quarter',
  'bottom-right': 'Bottom right quarter',
  'left-third': 'Left third',
  'center-third': 'Middle third',
  'right-third': 'Right third',
};

/** Moves, or with Shift resizes, and announces where the window now is. */
export function nudge(
  id: string,
  event: { key: string; shiftKey: boolean; ctrlKey: boolean; altKey: boolean; metaKey: boolean },
): boolean {
  // With any other modifier they are shortcuts.
  const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
  const arrow = isPlain && ARROWS[event.key];
  const { open, area } = useWindows.getState();
  const win = open.find((one) => one.id === id);
  if (!arrow || !win) return false;
  const [dx, dy] = [arrow[0] * STEP, arrow[1] * STEP];
  const rect = frameOf(win, area);
  const next = event.shiftKey
    ? { ...rect, width: rect.width + dx, height: rect.height + dy }
    : { ...rect, x: rect.x + dx, y: rect.y + dy };
  dispatch({ type: 'place', id, rect: next });
  const moved = useWindows.getState().open.find((one) => one.id === id);
  const now = moved ? frameOf(moved, area) : rect;
  announce(
    event.shiftKey
      ? `${Math.round(now.width)} by ${Math.round(now.height)}`
      : `${Math.round(now.x)} from the left, ${Math.round(now.y)} from the top`,
  );
  return true;
}

export function reshape(id: string, shape: Shape): void {
  const win = useWindows.getState().open.find((one) => one.id === id);
  const next = win?.shape === shape ? 'free' : shape;
  dispatch({ type: 'shape', id, shape: next });
  announce(SHAPE_NAMES[next]);
}

/** Keeps a window in front of all others, or no longer. */
export function pin(id: string, pinned: boolean): void {
  dispatch({ type: 'pin', id, pinned });
  announce(pinned ? 'Stays on top' : 'No longer stays on top');
}

/** Arranges the windows of the desktop. */
export function arrange(how: 'tile' | 'cascade'): void {
  dispatch({ type: how });
  announce(how === 'tile' ? 'Windows are side by side' : 'Windows are one behind the other');
}

/** Brings the next window, or the previous one, to the front and gives it the focus. */
export function cycle(by: 1 | -1): void {
  dispatch({ type: 'cycle', by });
  const id = activeOf(useWindows.getState());
  if (id) focusWindow(id);
}

const REGIONS = ['top', 'desktop', 'window', 'dock', 'messages'] as const;

function regionElement(name: (typeof REGIONS)[number]): HTMLElement | null {
  const active = activeOf(useWindows.getState());
  if (name === 'window')
    return active ? document.querySelector(`[data-window="${CSS.escape(active)}"]`) : null;
  return document.querySelector(`[data-region="${name}"]`);
}

/** Moves the focus round the parts of the screen, as F6 does in browsers and desktops. */
export function goRound(by: 1 | -1): void {
  const elements = REGIONS.map(regionElement).filter((element) => element !== null);
  const here = elements.findIndex((element) => element.contains(document.activeElement));
  elements[(here + by + elements.length) % elements.length]?.focus();
}

/** Minimizes all windows of the desktop; again, brings back those that it minimized. */
export function showDesktop(): void {
  dispatch({ type: 'show-desktop' });
  const active = activeOf(useWindows.getState());
  if (active) focusWindow(active);
  else document.querySelector<HTMLElement>('[data-region="desktop"]')?.focus();
  announce(active ? 'Windows are back' : 'All windows are minimized');
}

/** Windows by keyboard: the same moves as by pointer, each said aloud. */
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

const SHAPES: Record<Shape, string> = {
  free: 'Restored',
  left: 'Left half',
  right: 'Right half',
  maximized: 'Maximized',
};

/** Moves, or with Shift resizes, and tells where the window now is. */
export function nudge(id: string, event: { key: string; shiftKey: boolean }): boolean {
  const arrow = ARROWS[event.key];
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
  announce(SHAPES[next]);
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

/** The shortcuts of windows, for people. */
export const WINDOW_SHORTCUTS: readonly (readonly [string, string])[] = [
  ['F6', 'Go round: top bar, desktop, window, dock, messages'],
  ['Ctrl `', 'Next window'],
  ['Ctrl Alt ←', 'Window to the left half'],
  ['Ctrl Alt →', 'Window to the right half'],
  ['Ctrl Alt ↑', 'Maximize or restore the window'],
  ['Ctrl Alt ↓', 'Minimize the window'],
  ['Ctrl Alt W', 'Close the window'],
  ['Arrow keys on the window’s handle', 'Move it; with Shift, resize it'],
  ['Esc', 'Cancel moving or resizing it with the pointer'],
  [
    'Tab, past the end of an embedded page',
    'Back to its window: a page of another site receives all other keys itself',
  ],
];

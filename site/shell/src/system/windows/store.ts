/** The windows of this tab, and what the dock shows for each. */
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import { useCompact } from '@/shared/lib/hooks';
import {
  activeOf,
  initial,
  isOutOfSight,
  reduce,
  type Size,
  type Win,
  type WindowChange,
  type Windows,
} from './model';

/** What a window is called, and its picture. */
export type WindowFace = { title: string; picture: string | null };

type State = Windows & {
  faces: Readonly<Record<string, WindowFace>>;
  /** The windows whose pages are unloaded. */
  suspended: readonly string[];
};

export const useWindows = create<State>(() => ({ ...initial, faces: {}, suspended: [] }));

/** Elements that had the focus when a window opened, to give it back. */
const openers = new Map<string, HTMLElement>();

export function dispatch(action: WindowChange): void {
  useWindows.setState((state) => reduce(state, action));
}

export function openWindow(id: string, size: Size, face: WindowFace): void {
  if (document.activeElement instanceof HTMLElement) openers.set(id, document.activeElement);
  useWindows.setState((state) => ({
    ...reduce(state, { type: 'open', id, size }),
    faces: { ...state.faces, [id]: face },
  }));
}

/** Windows of before a reload. */
export type Remembered = {
  windows: readonly Win[];
  /** Their ids from back to front. */
  stack: readonly string[];
  faces: Readonly<Record<string, WindowFace>>;
};

export function recallWindows({ windows, stack, faces }: Remembered): void {
  useWindows.setState((state) => ({
    ...reduce(state, { type: 'recall', windows, stack }),
    faces: { ...faces, ...state.faces },
  }));
}

export function nameWindow(id: string, face: WindowFace): void {
  const known = useWindows.getState().faces[id];
  if (known?.title === face.title && known.picture === face.picture) return;
  useWindows.setState(({ faces }) => ({ faces: { ...faces, [id]: face } }));
}

/** The element of a window. */
export const windowElement = (id: string) =>
  document.querySelector<HTMLElement>(`[data-window="${CSS.escape(id)}"]`);

/** Gives the focus to the window in front, or to whatever `id` was opened from. */
function passFocus(id: string): void {
  const active = activeOf(useWindows.getState());
  const opener = openers.get(id);
  const target = active ? windowElement(active) : opener?.isConnected ? opener : null;
  (target ?? document.querySelector<HTMLElement>('[data-region="desktop"]'))?.focus();
}

export function closeWindow(id: string): void {
  dispatch({ type: 'close', id });
  requestAnimationFrame(() => {
    passFocus(id);
    openers.delete(id);
  });
}

export function minimizeWindow(id: string): void {
  dispatch({ type: 'minimize', id });
  requestAnimationFrame(() => passFocus(id));
}

export function focusWindow(id: string): void {
  dispatch({ type: 'focus', id });
  requestAnimationFrame(() => windowElement(id)?.focus());
}

export const useWin = (id: string): Win | undefined =>
  useWindows((state) => state.open.find((win) => win.id === id));

export const useIsActive = (id: string): boolean => useWindows((state) => activeOf(state) === id);

/** Milliseconds out of sight after which the page of a window is unloaded. */
const SUSPEND_AFTER = 5 * 60_000;

/**
 * Whether a window was out of sight for so long that the page in it should be unloaded, which the
 * dock shows; never when `keep`.
 */
export function useIsSuspended(id: string, keep: boolean): boolean {
  const compact = useCompact();
  const hidden = useWindows((state) => isOutOfSight(state, id, compact));
  const [expired, setExpired] = useState(false);
  useEffect(() => {
    if (!hidden) return;
    const timer = setTimeout(() => setExpired(true), SUSPEND_AFTER);
    return () => {
      clearTimeout(timer);
      setExpired(false);
    };
  }, [hidden]);
  const suspended = hidden && expired && !keep;
  useEffect(() => {
    if (!suspended) return;
    const others = () => useWindows.getState().suspended.filter((one) => one !== id);
    useWindows.setState({ suspended: [...others(), id] });
    return () => useWindows.setState({ suspended: others() });
  }, [id, suspended]);
  return suspended;
}

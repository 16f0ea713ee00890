/** The windows of this tab, and what the dock shows for each. */
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import { useCompact } from '@/shared/lib/hooks';
import type { Change } from '@/shared/undo/changes';
import { noteLayout } from '@/shared/undo/timeline';
import { type Faces, type Sizes, type WindowFace, withSize } from './faces';
import {
  activeOf,
  frameOf,
  initial,
  isOutOfSight,
  type Rect,
  reduce,
  type Size,
  type Win,
  type WindowChange,
  type Windows,
} from './model';

export type { WindowFace } from './faces';

type State = Windows & {
  faces: Faces;
  /** What windows are grouped by in a crowded dock: their kind, or their site. */
  groups: Readonly<Record<string, string>>;
  /** The sizes of windows that were closed, by desktop. */
  sizes: Readonly<Record<string, Sizes>>;
  /** The windows whose pages are unloaded. */
  suspended: readonly string[];
  /** The windows that a document opened and whose content was not rendered yet. */
  unseen: readonly string[];
  /** Whether the pointer is moving or resizing a window. */
  dragging: boolean;
};

const start: State = {
  ...initial,
  faces: {},
  groups: {},
  sizes: {},
  suspended: [],
  unseen: [],
  dragging: false,
};

export const useWindows = create<State>(() => start);

/** Elements that had the focus when a window opened, to give it back. */
const openers = new Map<string, HTMLElement>();

/** Where on the screen the element stood from which a window was opened. */
const origins = new Map<string, Rect>();

/** The changes of places that a person can undo. */
const UNDOABLE: readonly WindowChange['type'][] = ['place', 'shape', 'tile', 'cascade', 'move'];

export function dispatch(change: WindowChange): void {
  const { open: before } = useWindows.getState();
  useWindows.setState((state) => reduce(state, change));
  if (UNDOABLE.includes(change.type)) notePlaces(change, before);
}

const placeOf = ({ desktop, placed, shape, cascade }: Win) => ({ desktop, placed, shape, cascade });

/** Remembers the windows whose places a change changed, to undo it. */
function notePlaces({ type }: WindowChange, before: readonly Win[]): void {
  const { open, faces, area } = useWindows.getState();
  const old = new Map(before.map((win) => [win.id, win]));
  const pairs = open.flatMap((now) => {
    const was = old.get(now.id);
    const differs = was && JSON.stringify(placeOf(was)) !== JSON.stringify(placeOf(now));
    return differs ? [{ id: now.id, was, now }] : [];
  });
  const [first] = pairs;
  if (!first) return;
  const [was, now] = [frameOf(first.was, area), frameOf(first.now, area)];
  const resized = type === 'place' && (was.width !== now.width || was.height !== now.height);
  noteLayout({
    verb:
      type === 'move'
        ? 'send'
        : type === 'tile' || type === 'cascade'
          ? 'arrange'
          : resized && first.was.shape === 'free'
            ? 'resize'
            : 'move',
    title: faces[first.id]?.title ?? 'Window',
    from: { windows: Object.fromEntries(pairs.map(({ id, was }) => [id, placeOf(was)])) },
    to: { windows: Object.fromEntries(pairs.map(({ id, now }) => [id, placeOf(now)])) },
  });
}

type Opening = {
  /** Whether the size is a guess until the item is known. */
  provisional?: boolean;
};

export function openWindow(
  id: string,
  size: Size,
  face: WindowFace,
  { provisional = false }: Opening = {},
): void {
  const opener = document.activeElement;
  if (opener instanceof HTMLElement && opener !== document.body) {
    openers.set(id, opener);
    origins.set(id, opener.getBoundingClientRect());
  }
  useWindows.setState((state) => {
    const known = sizeOf(state, id);
    const change = {
      type: 'open',
      id,
      size: known ?? size,
      provisional: provisional && known === null,
    } as const;
    return { ...reduce(state, change), faces: { ...state.faces, [id]: face } };
  });
}

/** The size that a window had when it was closed; on this desktop, else on another one. */
function sizeOf({ sizes, desktop }: State, id: string): Size | null {
  const all = [sizes[desktop], ...Object.values(sizes)];
  return all.find((known) => known?.[id])?.[id] ?? null;
}

/** Takes the place from which a window was opened, for the animation of its first appearance. */
export function takeOrigin(id: string): Rect | null {
  const origin = origins.get(id) ?? null;
  origins.delete(id);
  return origin;
}

/** `known` with other faces; the same object when nothing changes. */
export function withFaces(known: Faces, faces: Faces): Faces {
  const changed = Object.entries(faces).filter(([id, face]) => !sameFace(known[id], face));
  return changed.length === 0 ? known : { ...known, ...Object.fromEntries(changed) };
}

const sameFace = (one: WindowFace | undefined, other: WindowFace) =>
  one?.title === other.title &&
  one.picture === other.picture &&
  (one.color ?? null) === (other.color ?? null);

export function nameWindow(id: string, face: WindowFace): void {
  if (sameFace(useWindows.getState().faces[id], face)) return;
  useWindows.setState(({ faces }) => ({ faces: { ...faces, [id]: face } }));
}

export function groupWindow(id: string, group: string): void {
  if (useWindows.getState().groups[id] === group) return;
  useWindows.setState(({ groups }) => ({ groups: { ...groups, [id]: group } }));
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
  closeWindows([id]);
}

/** Closes those that are open; answers the change, to undo it, or null when none was. */
export function closeWindows(ids: readonly string[]): Change | null {
  const { open, faces } = useWindows.getState();
  const closing = open.filter(({ id }) => ids.includes(id));
  if (closing.length === 0) return null;
  for (const { id } of closing) useWindows.setState((state) => withoutWindow(state, id));
  const change = noteLayout({
    verb: 'close',
    title: faces[closing[0]?.id ?? '']?.title ?? 'Window',
    from: { windows: Object.fromEntries(closing.map((win) => [win.id, win])) },
    to: { windows: Object.fromEntries(closing.map(({ id }) => [id, null])) },
  });
  requestAnimationFrame(() => {
    for (const { id } of closing) {
      passFocus(id);
      openers.delete(id);
    }
  });
  return change;
}

function withoutWindow(state: State, id: string): Partial<State> {
  const win = state.open.find((one) => one.id === id);
  const closed = reduce(state, { type: 'close', id });
  if (!win?.placed) return closed;
  const size = frameOf({ ...win, shape: 'free' }, state.area);
  const own = withSize(state.sizes[win.desktop] ?? {}, id, size);
  return { ...closed, sizes: { ...state.sizes, [win.desktop]: own } };
}

export function minimizeWindow(id: string): void {
  dispatch({ type: 'minimize', id });
  requestAnimationFrame(() => passFocus(id));
}

export function focusWindow(id: string): void {
  dispatch({ type: 'focus', id });
  requestAnimationFrame(() => windowElement(id)?.focus());
}

/** Forgets all windows of this tab. Their documents keep them. */
export function forgetWindows(): void {
  useWindows.setState(({ area }) => ({ ...start, area }));
  openers.clear();
  origins.clear();
}

export const useWin = (id: string): Win | undefined =>
  useWindows((state) => state.open.find((win) => win.id === id));

export const useIsActive = (id: string): boolean => useWindows((state) => activeOf(state) === id);

/** Whether the content of a window may be rendered; see `staging.ts`. */
export const useIsSeen = (id: string): boolean => useWindows((state) => !state.unseen.includes(id));

export function markSeen(id: string): void {
  useWindows.setState(({ unseen }) => ({ unseen: unseen.filter((one) => one !== id) }));
}

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

/**
 * The window switcher: while Alt is held, each press of the shortcut goes to the next window; letting
 * go of Alt shows it. Without Alt, as from the palette, Enter shows it.
 */
import { create } from 'zustand';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { announce } from '@/shared/ui/announce';
import { activeOf } from '@/system/windows/model';
import { focusWindow, useWindows } from '@/system/windows/store';

type State = {
  /** From the last used to the first; empty while it is closed. */
  ids: readonly string[];
  at: number;
};

const closed: State = { ids: [], at: 0 };

export const useSwitcher = create<State>(() => closed);

/** Windows in the order in which they were used; of the desktop that is shown first. */
function recent(): string[] {
  const { open, desktop } = useWindows.getState();
  const used = open.toSorted((a, b) => b.order - a.order);
  const own = used.filter((win) => win.desktop === desktop);
  const others = used.filter((win) => win.desktop !== desktop);
  return [
    ...own.filter((win) => !win.minimized),
    ...own.filter((win) => win.minimized),
    ...others,
  ].map(({ id }) => id);
}

export function stepSwitcher(by: 1 | -1): void {
  const { ids, at } = useSwitcher.getState();
  if (ids.length > 0) {
    choose((at + by + ids.length) % ids.length);
    return;
  }
  const all = recent();
  if (all.length === 0) return;
  // The window in front is first; one press goes to the one before it.
  const hasFront = activeOf(useWindows.getState()) === all[0] && all.length > 1;
  useSwitcher.setState({ ids: all });
  // From now on, not from the first picture of the switcher: a quick press must not be missed.
  released = new AbortController();
  addEventListener(
    'keyup',
    ({ key }) => {
      if (key === 'Alt') takeSwitcher();
    },
    { capture: true, signal: released.signal },
  );
  choose(by === 1 ? (hasFront ? 1 : 0) : all.length - 1);
}

export function choose(at: number): void {
  const { ids } = useSwitcher.getState();
  useSwitcher.setState({ at });
  const title = useWindows.getState().faces[ids[at] ?? '']?.title ?? 'Window';
  announce(`${title}, ${at + 1} of ${ids.length}`);
}

let released = new AbortController();

export function closeSwitcher(): void {
  released.abort();
  useSwitcher.setState(closed);
}

export function takeSwitcher(): void {
  const { ids, at } = useSwitcher.getState();
  const id = ids[at];
  closeSwitcher();
  if (id && useWindows.getState().open.some((win) => win.id === id)) focusWindow(id);
}

export const Switcher = lazyWithPreload(() => import('./Switcher'));

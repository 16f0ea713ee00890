/** The desktops of the organization that is shown, in order. */
import { create } from 'zustand';
import { useWindows } from '@/system/windows/store';
import type { Desktop } from './model';
import type { DesktopSession } from './session';

type State = {
  all: readonly Desktop[];
  /** From which side the desktop that is shown comes. */
  travel: 'next' | 'previous';
  /** Null before it started: its code is fetched after the first paint. */
  session: DesktopSession | null;
};

export const useDesktops = create<State>(() => ({
  all: [],
  travel: 'next',
  session: null,
}));

/** The desktop that is shown; null before any is known. */
export function useShownDesktop(): Desktop | null {
  const shown = useWindows(({ desktop }) => desktop);
  return useDesktops(({ all }) => all.find(({ id }) => id === shown) ?? null);
}

/** The session of the organization that is shown; null on other pages. */
export const desktops = (): DesktopSession | null => useDesktops.getState().session;

/** The desktops of the organization that is shown, in order. */
import { create } from 'zustand';
import { useWindows } from '@/system/windows/store';
import type { Desktop } from './model';

type State = {
  all: readonly Desktop[];
  /** From which side the desktop that is shown comes. */
  travel: 'next' | 'previous';
};

export const useDesktops = create<State>(() => ({ all: [], travel: 'next' }));

/** The desktop that is shown; null before any is known. */
export function useShownDesktop(): Desktop | null {
  const shown = useWindows(({ desktop }) => desktop);
  return useDesktops(({ all }) => all.find(({ id }) => id === shown) ?? null);
}

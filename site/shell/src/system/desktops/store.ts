/** The desktops of the organization that is shown, in order. */
import { create } from 'zustand';
import { useWindows } from '@/system/windows/store';
import type { Desktop } from './model';

export const useDesktops = create<{ all: readonly Desktop[] }>(() => ({ all: [] }));

/** The id of the desktop that is shown. */
export const useShownDesktop = (): string => useWindows(({ desktop }) => desktop);

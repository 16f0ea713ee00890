/** Which screensaver is shown now. The designs are in `features/screensaver`. */
import { create } from 'zustand';
import type { Preferences } from '@/shared/state/preferences';

export type ScreensaverDesign = Exclude<Preferences['screensaver'], 'off'>;

/** Whether it ends the session: after a warning, or at once because nobody was there for longer. */
export type ScreensaverLock = 'warned' | 'at-once' | null;

export const useScreensaver = create<{
  design: ScreensaverDesign | null;
  lock: ScreensaverLock;
}>(() => ({ design: null, lock: null }));

export const showScreensaver = (design: ScreensaverDesign, lock: ScreensaverLock = null): void =>
  useScreensaver.setState({ design, lock });

export const endScreensaver = (): void => useScreensaver.setState({ design: null, lock: null });

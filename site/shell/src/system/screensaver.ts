/** Which screensaver is shown now. The designs are in `features/screensaver`. */
import { create } from 'zustand';
import type { Preferences } from '@/shared/state/preferences';

export type ScreensaverDesign = Exclude<Preferences['screensaver'], 'off'>;

export const useScreensaver = create<{ design: ScreensaverDesign | null }>(() => ({
  design: null,
}));

export const showScreensaver = (design: ScreensaverDesign): void =>
  useScreensaver.setState({ design });

export const endScreensaver = (): void => useScreensaver.setState({ design: null });

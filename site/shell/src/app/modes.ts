/** What the modes of light and dark are called in menus. */
import type { MODES } from '@/shared/state/preferences';

export const MODE_NAMES: Record<(typeof MODES)[number], string> = {
  system: 'As the system',
  sun: 'Dark after sunset',
  light: 'Light',
  dark: 'Dark',
};

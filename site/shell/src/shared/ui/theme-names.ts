/** What the choices of the look are called. */
import type { Preferences } from '@/shared/state/preferences';

export const THEME_NAMES: Record<Preferences['theme'], { label: string; detail: string }> = {
  paper: { label: 'Paper', detail: 'Warm and quiet' },
  glacier: { label: 'Glacier', detail: 'Ice and slate' },
  forest: { label: 'Forest', detail: 'Moss on bark' },
  dusk: { label: 'Dusk', detail: 'The hour after sunset' },
  clay: { label: 'Clay', detail: 'Fired earth' },
  blossom: { label: 'Blossom', detail: 'Petals, soft corners' },
  riso: { label: 'Riso', detail: 'Two inks on cream' },
  phosphor: { label: 'Phosphor', detail: 'A warm terminal' },
  ink: { label: 'Ink', detail: 'No colour at all' },
  contrast: { label: 'High contrast', detail: 'Black, white, sharp lines' },
};

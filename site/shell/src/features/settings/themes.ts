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

/** Hues in degrees around the colour wheel, by the names that people use. */
export const ACCENTS = [
  { hue: 25, label: 'Red' },
  { hue: 50, label: 'Orange' },
  { hue: 85, label: 'Amber' },
  { hue: 125, label: 'Olive' },
  { hue: 155, label: 'Green' },
  { hue: 195, label: 'Teal' },
  { hue: 235, label: 'Blue' },
  { hue: 270, label: 'Indigo' },
  { hue: 305, label: 'Purple' },
  { hue: 350, label: 'Pink' },
] as const;

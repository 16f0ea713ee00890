/** The names of themes and densities, as attributes of the root element have them. */
export const THEMES = [
  'paper',
  'glacier',
  'forest',
  'dusk',
  'clay',
  'blossom',
  'riso',
  'phosphor',
  'ink',
  'contrast',
] as const;
export const DENSITIES = ['compact', 'regular', 'roomy'] as const;

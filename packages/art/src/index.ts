/**
 * Art that code draws: covers of spaces and wallpapers of desktops, one file of CSS each in `css/`.
 * An element with the class `art-NAME` is covered by it, in light and dark; `--art-hue` (degrees)
 * colours it. Lightness stays near that of the page, so text in its colour keeps AA on it. The
 * public page includes the one file that it uses.
 */

/** The names of all art. */
export const ART = ['dunes', 'waves', 'grid', 'aurora', 'paper', 'dawn', 'tide', 'orbit'] as const;

export type Art = (typeof ART)[number];

const PREFIX = 'art:';

/** The art that a stored cover or wallpaper names, as `art:dunes`; null for anything else. */
export function artOf(stored: string | null | undefined): Art | null {
  if (!stored?.startsWith(PREFIX)) return null;
  const name = stored.slice(PREFIX.length);
  return ART.find((known) => known === name) ?? null;
}

/** How an art is stored. */
export const storedArt = (art: Art): string => `${PREFIX}${art}`;

/** From what the icon of an item is taken. */
import { GLYPH, LETTERS, PICTURE } from '@/shared/lib/icon-forms';
import { guessUrl } from '@/shared/lib/url';

/** `none`: the site's own icon, or what an item of its kind has by itself. */
export type IconSource = 'none' | 'glyph' | 'letters' | 'picture';

export function sourceOf(icon: string | null): IconSource {
  if (icon === null) return 'none';
  if (icon === LETTERS) return 'letters';
  return icon.startsWith(GLYPH) ? 'glyph' : 'picture';
}

/** What is saved for a typed icon; undefined when it is an address that cannot be one. */
export function storedIcon(typed: string | null): string | null | undefined {
  if (typed === null || sourceOf(typed) !== 'picture' || typed.startsWith(PICTURE)) return typed;
  return guessUrl(typed) ?? undefined;
}

/** A look as the query of a link, for other people. Pure. */
import { type Preferences, preferencesOf } from './preferences';

/** What of the preferences is a look that one can share. */
const SHARED = ['theme', 'accent', 'corners', 'icons', 'density'] as const;

export type SharedLook = Pick<Preferences, (typeof SHARED)[number]>;
export type LookParams = { [Name in (typeof SHARED)[number]]?: string };

/** The query of a link to a look: only what differs from the default. */
export function lookQuery(look: Preferences): string {
  const defaults = preferencesOf({});
  const search = new URLSearchParams();
  for (const name of SHARED) {
    const value = look[name];
    if (value !== undefined && value !== defaults[name]) search.set(name, String(value));
  }
  return search.toString();
}

/** The look that a link names; what it does not name, or names wrongly, is the default. */
export function lookOf(params: LookParams): SharedLook {
  const { accent, ...texts } = params;
  const hue = accent !== undefined && /^\d{1,3}$/.test(accent) ? Number(accent) : undefined;
  const all = preferencesOf({ ...texts, ...(hue !== undefined && { accent: hue }) });
  return {
    theme: all.theme,
    accent: all.accent,
    corners: all.corners,
    icons: all.icons,
    density: all.density,
  };
}

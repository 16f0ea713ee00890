/**
 * What a person prefers, the same on all of their devices. A copy of the look is kept for
 * `public/theme.js`, which applies it before the first paint.
 */
import * as v from 'valibot';
import { create } from 'zustand';
import type { SyncedDocument } from './document';
import { openDocument, type Transport } from './documents';
import { DENSITIES, THEMES } from './look-names';
import { applyPatch, type JsonObject } from './merge-patch';

export const MODES = ['system', 'sun', 'light', 'dark'] as const;
export const CORNERS = ['theme', 'sharp', 'round'] as const;
export const SCREENSAVERS = ['off', 'clock', 'flow', 'orbit'] as const;
export const TOAST_CORNERS = ['bottom-right', 'bottom-left', 'top-right', 'top-left'] as const;
export const ICON_SHAPES = ['rounded', 'circle', 'square'] as const;

/** A local time of the day, as a field of that kind gives it. */
const timeOfDay = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/));

/** Members that this shell does not know are kept: another version of it may have written them. */
const schema = v.object({
  mode: v.fallback(v.picklist(MODES), 'system'),
  theme: v.fallback(v.picklist(THEMES), 'paper'),
  /** Hue in degrees; absent for the theme's own. */
  accent: v.fallback(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(359))),
    undefined,
  ),
  density: v.fallback(v.picklist(DENSITIES), 'regular'),
  corners: v.fallback(v.picklist(CORNERS), 'theme'),
  icons: v.fallback(v.picklist(ICON_SHAPES), 'rounded'),
  /** Own shortcuts by the id of their action. */
  shortcuts: v.fallback(v.optional(v.record(v.string(), v.array(v.string()))), undefined),
  /** Where messages are shown; a phone has one place for them. */
  toast_corner: v.fallback(v.picklist(TOAST_CORNERS), 'bottom-right'),
  quiet_hours: v.fallback(v.optional(v.object({ from: timeOfDay, to: timeOfDay })), undefined),
  screensaver: v.fallback(v.picklist(SCREENSAVERS), 'off'),
  screensaver_minutes: v.fallback(v.pipe(v.number(), v.minValue(1), v.maxValue(240)), 10),
  /** Whether the screensaver ends the session of the browser in which it starts. */
  screensaver_lock: v.fallback(v.boolean(), false),
});

export type Preferences = v.InferOutput<typeof schema>;

/**
 * A change: null removes a choice, so that its default holds again. Of the shortcuts, only the named
 * ones change.
 */
export type PreferenceChange = {
  [Name in Exclude<keyof Preferences, 'shortcuts'>]?: Preferences[Name] | null;
} & { shortcuts?: Readonly<Record<string, readonly string[] | null>> | null };

export const preferencesOf = (values: unknown): Preferences =>
  v.parse(schema, typeof values === 'object' && values !== null ? values : {});

/** Read before the first paint by `public/theme.js`. */
const LOOK = 'prox.preferences';

function keptLook(): Preferences {
  try {
    return preferencesOf(JSON.parse(localStorage.getItem(LOOK) ?? '{}'));
  } catch {
    return preferencesOf({});
  }
}

export const usePreferences = create<Preferences>(keptLook);

let synced: SyncedDocument | null = null;

/** Shows the preferences of a person, who signed in. */
export function openPreferences(person: string, transport: Transport): SyncedDocument {
  const document = openDocument(person, 'preferences', transport);
  if (document === synced) return document;
  synced = document;
  const show = () => {
    if (document !== synced) return;
    // Before the server answered, the look of the last start is the best guess.
    if (!document.isKnown) return;
    usePreferences.setState(preferencesOf(document.value), true);
  };
  show();
  document.subscribe(show);
  return document;
}

/** Changes preferences at once; they reach the other devices soon. */
export function setPreferences(change: PreferenceChange): void {
  const patch = change as JsonObject;
  if (synced) synced.change((values) => applyPatch(values, patch));
  else {
    const now = applyPatch(usePreferences.getState() as JsonObject, patch);
    usePreferences.setState(preferencesOf(now), true);
  }
}

/** Keeps a copy of the look for the next start; `dark` says what the sun decided. */
export function keepLook(look: Preferences & { dark?: boolean }): void {
  try {
    localStorage.setItem(LOOK, JSON.stringify(look));
  } catch {
    // Storage is closed: the next start shows the default until the preferences are there.
  }
}

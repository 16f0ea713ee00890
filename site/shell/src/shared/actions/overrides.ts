/** The shortcuts that a person changed, by the id of their action. Part of the preferences. */
import { setPreferences, usePreferences } from '@/shared/state/preferences';

/** An empty list: the action has no shortcut. An absent id: it has its default ones. */
export type Overrides = Readonly<Record<string, readonly string[]>>;

const NONE: Overrides = {};

export const overrides = (): Overrides => usePreferences.getState().shortcuts ?? NONE;

export const useOverrides = (): Overrides => usePreferences(({ shortcuts }) => shortcuts ?? NONE);

/** Changes some of them; null restores the default shortcuts of an action, or of all. */
export const changeOverrides = (
  change: Readonly<Record<string, readonly string[] | null>> | null,
) => setPreferences({ shortcuts: change });

/** How the shell looks on this device: theme and density. Kept in the browser only. */
import * as v from 'valibot';
import { create } from 'zustand';

/** Read before the first paint by `public/theme.js`. */
const KEY = 'prox.preferences';

const schema = v.object({
  theme: v.fallback(v.picklist(['system', 'light', 'dark', 'contrast']), 'system'),
  density: v.fallback(v.picklist(['compact', 'regular', 'roomy']), 'regular'),
});

export type Preferences = v.InferOutput<typeof schema>;

function read(): Preferences {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return { theme: 'system', density: 'regular' };
  }
}

export const usePreferences = create<Preferences>(read);

export function setPreferences(change: Partial<Preferences>): void {
  usePreferences.setState(change);
  const now = usePreferences.getState();
  const { dataset } = document.documentElement;
  dataset.theme = now.theme;
  dataset.density = now.density;
  try {
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
}

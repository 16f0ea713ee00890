/** Applies the look that a person prefers to the whole page, and keeps it as the sun goes. */
import { keepLook, type Preferences, usePreferences } from './preferences';

/** The attributes of the root element that styles read, and `public/theme.js` sets. */
export function lookAttributes(
  { mode, theme, density, corners, icons, accent }: Preferences,
  darkBySun: boolean | null,
): Record<string, string | null> {
  const bySun = darkBySun === null ? null : darkBySun ? 'dark' : 'light';
  return {
    'data-mode': mode === 'sun' ? bySun : mode === 'system' ? null : mode,
    // Without the attribute, a system that requests more contrast gets it.
    'data-theme': theme === 'paper' ? null : theme,
    'data-density': density === 'regular' ? null : density,
    'data-corners': corners === 'theme' ? null : corners,
    'data-icons': icons === 'rounded' ? null : icons,
    'data-accent': accent === undefined ? null : '',
  };
}

let darkBySun: boolean | null = null;
let timer: ReturnType<typeof setTimeout> | null = null;

/** A timer of the browser counts in milliseconds of 31 bits; a day is a good most. */
const LONGEST_WAIT = 24 * 3_600_000;

function apply(): void {
  const look = usePreferences.getState();
  const root = document.documentElement;
  for (const [name, value] of Object.entries(lookAttributes(look, darkBySun))) {
    if (value === null) root.removeAttribute(name);
    else root.setAttribute(name, value);
  }
  if (look.accent === undefined) root.style.removeProperty('--accent-hue');
  else root.style.setProperty('--accent-hue', String(look.accent));
  keepLook({ ...look, ...(look.mode === 'sun' && { dark: darkBySun ?? false }) });
}

/** Looks where the sun is, now and when it next rises or sets. */
export async function followSun(): Promise<void> {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (usePreferences.getState().mode !== 'sun') return;
  const { lightHere } = await import('./sun');
  const now = new Date();
  const { dark, until } = await lightHere(now);
  darkBySun = dark;
  apply();
  const wait = Math.min(until.getTime() - now.getTime() + 1_000, LONGEST_WAIT);
  timer = setTimeout(() => void followSun(), wait);
}

/** Call it once, when the page starts. */
export function watchLook(): void {
  usePreferences.subscribe((now, before) => {
    apply();
    if (now.mode !== before.mode) void followSun();
  });
  apply();
  void followSun();
  // A device that slept has missed the sunset.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void followSun();
  });
}

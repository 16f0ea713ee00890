/** The part of the settings that says how everything looks, on all devices of the person. */
import { Link2, Monitor, Moon, Sun, Sunrise } from 'lucide-react';
import { useId, useState } from 'react';
import { copyText } from '@/shared/lib/copy';
import { followSun } from '@/shared/state/look';
import { lookQuery } from '@/shared/state/look-link';
import { DENSITIES, THEMES } from '@/shared/state/look-names';
import {
  CORNERS,
  ICON_SHAPES,
  MODES,
  type Preferences,
  SCREENSAVERS,
  setPreferences,
  usePreferences,
} from '@/shared/state/preferences';
import { forgetCoordinates, locate } from '@/shared/state/sun';
import { AccentChoice } from '@/shared/ui/AccentChoice';
import { Choice } from '@/shared/ui/Choice';
import { ThemePreview } from '@/shared/ui/ThemePreview';
import { THEME_NAMES } from '@/shared/ui/theme-names';
import { showScreensaver } from '@/system/screensaver';
import { WallpaperChoice } from './WallpaperChoice';

const icon = (Icon: typeof Sun) => <Icon size={16} aria-hidden="true" />;

const MODE_OPTIONS: Record<
  (typeof MODES)[number],
  { label: string; icon: ReturnType<typeof icon> }
> = {
  system: { label: 'System', icon: icon(Monitor) },
  sun: { label: 'Sun', icon: icon(Sunrise) },
  light: { label: 'Light', icon: icon(Sun) },
  dark: { label: 'Dark', icon: icon(Moon) },
};

const LABELS = {
  density: { compact: 'Compact', regular: 'Regular', roomy: 'Roomy' },
  corners: { theme: 'As the theme', sharp: 'Sharp', round: 'Round' },
  icons: { rounded: 'Rounded', circle: 'Circle', square: 'Square' },
  screensaver: { off: 'Off', clock: 'Clock', flow: 'Flow', orbit: 'Orbit' },
} as const;

const options = <T extends string>(values: readonly T[], labels: Record<T, string>) =>
  values.map((value) => ({ value, label: labels[value] }));

export function Look() {
  const { mode, accent, density, corners, icons } = usePreferences();
  return (
    <div className="flex flex-col gap-6">
      <Mode mode={mode} />
      <Themes />
      <AccentChoice
        value={accent ?? null}
        none="As the theme"
        onChange={(accent) => setPreferences({ accent })}
      />
      <WallpaperChoice />
      <Choice
        label="Density"
        value={density}
        options={options(DENSITIES, LABELS.density)}
        onChange={(density) => setPreferences({ density })}
      />
      <Choice
        label="Corners"
        value={corners}
        options={options(CORNERS, LABELS.corners)}
        onChange={(corners) => setPreferences({ corners })}
      />
      <Choice
        label="Icons"
        value={icons}
        options={options(ICON_SHAPES, LABELS.icons)}
        onChange={(icons) => setPreferences({ icons })}
      />
      <Screensaver />
      <ShareLook />
    </div>
  );
}

/** What the mode that follows the sun knows of the place. */
const SUN_HINTS = {
  asking: 'The browser asks where you are, to know when the sun sets.',
  known: 'Dark from sunset to sunrise where you are. The place stays in this browser.',
  unknown: 'The place is not known: dark from 19:00 to 7:00.',
};

function Mode({ mode }: { mode: Preferences['mode'] }) {
  const [hint, setHint] = useState<keyof typeof SUN_HINTS | null>(null);
  const choose = async (next: Preferences['mode']) => {
    setPreferences({ mode: next });
    if (next !== 'sun') {
      forgetCoordinates();
      setHint(null);
      return;
    }
    setHint('asking');
    setHint((await locate()) ? 'known' : 'unknown');
    await followSun();
  };
  return (
    <div>
      <Choice
        label="Light or dark"
        value={mode}
        options={MODES.map((value) => ({ value, ...MODE_OPTIONS[value] }))}
        onChange={(next) => void choose(next)}
      />
      {mode === 'sun' && hint && (
        <p role="status" className="mt-1.5 text-sm text-muted">
          {SUN_HINTS[hint]}
        </p>
      )}
    </div>
  );
}

function Themes() {
  const chosen = usePreferences(({ theme }) => theme);
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Theme</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(128px,1fr))] gap-3">
        {THEMES.map((theme) => (
          <label
            key={theme}
            className="relative block select-none rounded-card p-1 has-checked:shadow-[0_0_0_2px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2"
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              value={theme}
              checked={theme === chosen}
              onChange={() => setPreferences({ theme })}
            />
            <ThemePreview theme={theme} />
            <span className="mt-1.5 block px-1 font-medium">{THEME_NAMES[theme].label}</span>
            <span className="block px-1 pb-0.5 text-xs text-muted">
              {THEME_NAMES[theme].detail}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const MINUTES = ['2', '5', '10', '30'] as const;

function Screensaver() {
  const chosen = usePreferences(({ screensaver }) => screensaver);
  const minutes = usePreferences(({ screensaver_minutes }) => String(screensaver_minutes));
  const locks = usePreferences(({ screensaver_lock }) => screensaver_lock);
  const id = useId();
  return (
    <div className="flex flex-col items-start gap-3">
      <Choice
        label="Screensaver"
        value={chosen}
        options={options(SCREENSAVERS, LABELS.screensaver)}
        onChange={(screensaver) => setPreferences({ screensaver })}
      />
      {chosen !== 'off' && (
        <>
          <Choice
            label="After minutes without you"
            value={minutes}
            options={MINUTES.map((value) => ({ value, label: value }))}
            onChange={(value) => setPreferences({ screensaver_minutes: Number(value) })}
          />
          <div>
            <label className="flex min-h-8 items-center gap-2 font-medium">
              <input
                type="checkbox"
                checked={locks}
                aria-describedby={id}
                onChange={({ target }) => setPreferences({ screensaver_lock: target.checked })}
              />
              Lock when it starts: sign in again on return
            </label>
            <p id={id} className="text-sm text-muted">
              20 seconds later your last changes are sent, and this browser is signed out. What you
              typed and did not save stays in this tab. Offline it only covers the screen, and locks
              when the connection is back. It does not start while an embedded page has the focus:
              Prox OS cannot see whether you are there.
            </p>
          </div>
          <button
            type="button"
            className="button button-secondary"
            onClick={() => showScreensaver(chosen)}
          >
            Show it now
          </button>
        </>
      )}
    </div>
  );
}

function ShareLook() {
  const look = usePreferences();
  return (
    <div>
      <button
        type="button"
        className="button button-secondary"
        onClick={() => void copyText(`${location.origin}/look?${lookQuery(look)}`, 'Link')}
      >
        <Link2 size={16} aria-hidden="true" /> Copy a link to this look
      </button>
      <p className="mt-1.5 text-sm text-muted">
        People who open it see the look first, and decide.
      </p>
    </div>
  );
}

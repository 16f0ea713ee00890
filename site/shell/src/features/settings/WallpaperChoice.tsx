/** Chooses what lies behind everything on the desktop that is shown: art, a picture, or nothing. */
import { ART, type Art, artOf, storedArt } from '@prox/art';
import { useId, useState } from 'react';
import { webUrl } from '@/shared/lib/url';
import { ArtSurface } from '@/shared/ui/Art';
import { Labelled } from '@/shared/ui/Field';
import { setWallpaper, useWallpaper } from '@/system/desktops/wallpaper';

const NAMES: Record<Art, string> = {
  dunes: 'Dunes',
  waves: 'Waves',
  grid: 'Grid',
  aurora: 'Aurora',
  paper: 'Paper',
  dawn: 'Dawn',
  tide: 'Tide',
  orbit: 'Orbit',
};

const OPTION =
  'relative block select-none rounded-card p-1 has-checked:shadow-[0_0_0_2px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2';

export function WallpaperChoice() {
  const stored = useWallpaper();
  const name = useId();
  const choices = [
    { value: null, label: 'None' },
    ...ART.map((art) => ({ value: storedArt(art), label: NAMES[art] })),
  ];
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Wallpaper of this desktop</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(96px,1fr))] gap-2">
        {choices.map(({ value, label }) => (
          <label key={label} className={OPTION}>
            <input
              type="radio"
              className="sr-only"
              name={name}
              checked={stored === value}
              onChange={() => setWallpaper(value)}
            />
            <ArtSurface
              stored={value}
              className="relative block h-14 overflow-hidden rounded-[calc(var(--corner-card)*0.7)] bg-surface shadow-[inset_0_0_0_1px_var(--line)]"
            />
            <span className="mt-1 block px-1 text-sm">{label}</span>
          </label>
        ))}
      </div>
      <Picture stored={stored} />
    </fieldset>
  );
}

/** Resolves when a browser can show the picture; rejects when it cannot. */
function loaded(url: URL): Promise<void> {
  const picture = new Image();
  picture.referrerPolicy = 'no-referrer';
  picture.src = url.href;
  return picture.decode();
}

/** A picture of the person's own, by its address. */
function Picture({ stored }: { stored: string | null }) {
  const kept = artOf(stored) ? '' : (stored ?? '');
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<string>();
  const text = typed ?? kept;
  const use = async () => {
    const url = webUrl(text.trim());
    if (url?.protocol !== 'https:') {
      setError('must be an address that begins with https://');
      return;
    }
    try {
      await loaded(url);
    } catch {
      setError('does not lead to a picture that can be shown here');
      return;
    }
    setWallpaper(url.href);
    setTyped(null);
    setError(undefined);
  };
  return (
    <form
      noValidate
      className="mt-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void use();
      }}
    >
      <Labelled label="Address of a picture" error={error}>
        {(wired) => (
          <div className="flex gap-2">
            <input
              {...wired}
              type="url"
              inputMode="url"
              autoComplete="off"
              className="field min-w-0 flex-1"
              placeholder="https://"
              maxLength={2048}
              value={text}
              onChange={({ target }) => {
                setTyped(target.value);
                setError(undefined);
              }}
            />
            <button
              type="submit"
              className="button button-secondary flex-none"
              disabled={typed === null || text.trim() === ''}
            >
              Use it
            </button>
          </div>
        )}
      </Labelled>
    </form>
  );
}

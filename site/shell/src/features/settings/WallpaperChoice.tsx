/** Chooses what lies behind everything on the desktop that is shown: art, a picture, or nothing. */
import { artOf, storedArt } from '@prox/art';
import { useState } from 'react';
import { WALLPAPER_SIDE } from '@/shared/data/pictures';
import { PICTURE } from '@/shared/lib/icon-forms';
import { webUrl } from '@/shared/lib/url';
import { ArtChoice } from '@/shared/ui/ArtChoice';
import { Labelled } from '@/shared/ui/Field';
import { PictureUpload } from '@/shared/ui/PictureUpload';
import { setWallpaper, useWallpaper } from '@/system/desktops/wallpaper';

export function WallpaperChoice() {
  const stored = useWallpaper();
  return (
    <div>
      <ArtChoice
        label="Wallpaper of this desktop"
        value={artOf(stored) ?? (stored ? 'picture' : 'none')}
        picture={stored && !artOf(stored) ? stored : undefined}
        onChange={(option) =>
          option !== 'picture' && setWallpaper(option === 'none' ? null : storedArt(option))
        }
      />
      <div className="mt-3 mb-3">
        <PictureUpload
          label="A picture of your own"
          side={WALLPAPER_SIDE}
          onUploaded={setWallpaper}
        />
      </div>
      <Picture stored={stored} />
    </div>
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
  const kept = artOf(stored) || stored?.startsWith(PICTURE) ? '' : (stored ?? '');
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

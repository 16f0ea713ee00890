/** The header of the desktop: title and description of the space, on its cover. */

import type { Space } from '@prox/api-client';
import { artOf } from '@prox/art';
import { Palette, Pencil } from 'lucide-react';
import { HOME } from '@/shared/data/spaces';
import type { CoverKind } from '@/shared/lib/last-home';
import { usePlace } from '@/shared/lib/place';
import { ArtSurface } from '@/shared/ui/Art';
import { Face } from '@/shared/ui/Face';
import { openDialog } from '@/system/dialogs';

export function Header({ space }: { space: Space }) {
  const art = artOf(space.cover);
  if (art) {
    return (
      <header className="cover group">
        <ArtSurface stored={space.cover} hue={space.accent} className="absolute inset-0" />
        <Words space={space} />
      </header>
    );
  }
  return (
    <header className="group mb-8">
      {space.cover && (
        // A picture may be of any lightness: the words stand below it.
        <div aria-hidden="true" className="cover !mb-5">
          <ArtSurface stored={space.cover} className="absolute inset-0" />
        </div>
      )}
      <Words space={space} />
    </header>
  );
}

const TOOL =
  'button button-quiet button-icon align-middle text-muted opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60';

/** As on the public page: whose it is, its name, and one line. */
function Words({ space }: { space: Space }) {
  const { me, organization } = usePlace();
  const isOwn = organization.personal && space.slug === HOME;
  return (
    <div className="header-words">
      <Face
        name={isOwn ? me.name || me.handle : space.title}
        picture={isOwn ? me.image : null}
        size="var(--header-face)"
        round={isOwn}
      />
      <div className="max-w-[68ch] min-w-0">
        <div dir="auto" className="text-2xl text-balance sm:text-3xl">
          <h1 className="inline">{space.title}</h1>
          <button
            type="button"
            className={`${TOOL} ml-1`}
            aria-label="Edit title and description"
            onClick={() => openDialog('edit-space')}
          >
            <Pencil size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className={TOOL}
            aria-label="Change cover and accent"
            onClick={() => openDialog('space-look')}
          >
            <Palette size={16} aria-hidden="true" />
          </button>
        </div>
        {space.description && (
          <p dir="auto" className="mt-1.5 text-lg text-muted">
            {space.description}
          </p>
        )}
      </div>
    </div>
  );
}

/** The header before its space is known. */
export function HeaderSkeleton({ cover }: { cover: CoverKind }) {
  const words = (
    <div className="header-words">
      <span className="skeleton size-(--header-face) flex-none !rounded-full" />
      <div>
        <span className="skeleton block h-[34px] w-56 max-w-full sm:h-[46px]" />
        <span className="skeleton mt-1.5 block h-6 w-72 max-w-full" />
      </div>
    </div>
  );
  if (cover === 'art') {
    return (
      <div aria-hidden="true" className="cover">
        {words}
      </div>
    );
  }
  return (
    <div aria-hidden="true" className="mb-8">
      {cover === 'picture' && <div className="cover !mb-5" />}
      {words}
    </div>
  );
}

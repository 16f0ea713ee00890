/** The header of the desktop: title and description of the space, on its cover. */

import type { Space } from '@prox/api-client';
import { artOf } from '@prox/art';
import { Palette, Pencil } from 'lucide-react';
import { ArtSurface } from '@/shared/ui/Art';
import { openDialog } from '@/system/dialogs';

export function Header({ space }: { space: Space }) {
  const art = artOf(space.cover);
  if (art) {
    return (
      <header className="cover group">
        <ArtSurface stored={space.cover} hue={space.accent} className="absolute inset-0" />
        <div className="relative max-w-[68ch]">
          <Words space={space} />
        </div>
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
      <div className="max-w-[68ch]">
        <Words space={space} />
      </div>
    </header>
  );
}

const TOOL =
  'button button-quiet button-icon align-middle text-muted opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60';

function Words({ space }: { space: Space }) {
  return (
    <>
      <h1 dir="auto" className="text-2xl sm:text-3xl">
        {space.title}
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
      </h1>
      {space.description && (
        <p dir="auto" className="mt-1.5 text-lg text-muted">
          {space.description}
        </p>
      )}
    </>
  );
}

export const HeaderSkeleton = () => (
  <div aria-hidden="true" className="mb-8">
    <span className="skeleton block h-[34px] w-56 sm:h-[46px]" />
    <span className="skeleton mt-3 block h-5 w-72 max-w-full" />
  </div>
);

/** The header of the desktop: title and description of the space. */

import type { Space } from '@prox/api-client';
import { Pencil } from 'lucide-react';
import { openDialog } from '@/system/dialogs';

export function Header({ space }: { space: Space }) {
  return (
    <header className="group mb-8 max-w-[68ch]">
      <h1 dir="auto" className="text-2xl sm:text-3xl">
        {space.title}
        <button
          type="button"
          className="button button-quiet button-icon ml-1 align-middle text-muted opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60"
          aria-label="Edit title and description"
          onClick={() => openDialog('edit-space')}
        >
          <Pencil size={16} aria-hidden="true" />
        </button>
      </h1>
      {space.description && (
        <p dir="auto" className="mt-1.5 text-lg text-muted">
          {space.description}
        </p>
      )}
    </header>
  );
}

export const HeaderSkeleton = () => (
  <div aria-hidden="true" className="mb-8">
    <span className="skeleton block h-[34px] w-56 sm:h-[46px]" />
    <span className="skeleton mt-3 block h-5 w-72 max-w-full" />
  </div>
);

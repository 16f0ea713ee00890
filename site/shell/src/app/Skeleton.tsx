/** The desktop in its final geometry while data is loading. */
import { GridSkeleton } from '@/features/items/Grid';
import { HeaderSkeleton } from '@/features/spaces/Header';
import { lastCover } from '@/shared/lib/last-home';

export function DesktopSkeleton() {
  return (
    <main aria-busy="true" className="relative h-full overflow-hidden">
      <span className="sr-only">Loading</span>
      <div className="flex h-(--bar) items-center gap-3 px-4" aria-hidden="true">
        <span className="skeleton size-7 !rounded-[22%]" />
        <span className="skeleton h-3 w-24" />
      </div>
      <div className="desktop-content">
        <HeaderSkeleton cover={lastCover(location.pathname)} />
        <GridSkeleton />
      </div>
    </main>
  );
}

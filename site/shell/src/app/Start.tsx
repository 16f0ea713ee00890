/** `/start`: what the installed app and a new tab of the browser extension open. */
import type { Me } from '@prox/api-client';
import { useEffect } from 'react';
import { Redirect, useSearch } from 'wouter';
import { lastHome } from '@/shared/lib/last-home';
import { whenIdle } from '@/shared/lib/lazy';
import { spacePath } from '@/shared/lib/paths';

/** The home that the person had open last, with the dialog or window that the address names. */
export function StartRoute({ me }: { me: Me }) {
  const search = useSearch();
  useEffect(() => {
    if (search) return;
    // Its code is not needed for the first frame.
    whenIdle(
      () =>
        void import('./startSearch').then(
          ({ focusSearch }) => focusSearch(),
          () => {},
        ),
    );
  }, [search]);
  return <Redirect to={homeOf(me) + (search && `?${search}`)} replace />;
}

/** The home that the person had open last, or their own. */
export function homeOf(me: Me): string {
  const last = lastHome(me.id);
  return spacePath(last?.organization ?? me.handle, last?.space);
}

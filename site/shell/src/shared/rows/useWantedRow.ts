/** Shows the row that an address names in the list of a system app. */
import { useEffect } from 'react';
import { scrollBehavior } from '@/shared/lib/motion';
import { announce } from '@/shared/ui/announce';
import { nextStep } from './step';
import { useWanted, type Wanted } from './wanted';

/** Marks a card of a list that was found. */
export const FOUND_CARD =
  'scroll-my-4 data-found:bg-accent-soft data-found:outline-2 data-found:-outline-offset-2 data-found:outline-accent';

/** Marks a row that was found, with room around its text. */
export const FOUND_ROW = `${FOUND_CARD} data-found:-mx-2 data-found:rounded-control data-found:px-2`;

type Query = {
  dataUpdatedAt: number;
  isFetching: boolean;
  isError: boolean;
  isPaused: boolean;
  refetch: () => unknown;
};

type Row = {
  /** As the address names it; the element has it as `data-row`. */
  id: string;
  name: string;
};

/** `more` fetches older rows; null when no more are to be looked at. */
export function useWantedRow(
  app: string,
  rows: readonly Row[] | undefined,
  query: Query,
  more: (() => unknown) | null = null,
): void {
  const wanted = useWanted((state) => (state.wanted?.app === app ? state.wanted : null));
  useEffect(() => {
    if (!wanted) return;
    const list = {
      ids: rows?.map(({ id }) => id),
      fetchedAt: query.dataUpdatedAt,
      isFetching: query.isFetching,
      isStuck: query.isError || query.isPaused,
      hasMore: more !== null,
    };
    switch (nextStep(wanted, list, Date.now())) {
      case 'wait':
        return;
      case 'refresh':
        return void query.refetch();
      case 'fetch more':
        return void more?.();
      case 'say it is missing':
        return useWanted.setState({ wanted: null, missingIn: app });
      case 'forget':
        return useWanted.setState({ wanted: null });
      case 'show':
        useWanted.setState({ wanted: null });
        present(wanted, rows?.find(({ id }) => id === wanted.row)?.name ?? '');
    }
  });
}

/** Brings a row into sight, opens it, and marks it while it has the focus. */
function present({ app, row: id }: Wanted, name: string): void {
  // The dialog that led here gives the focus back first.
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`);
    // It went away just now.
    if (!row) return useWanted.setState({ missingIn: app });
    const details = row.querySelector('details');
    if (details) details.open = true;
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest', behavior: scrollBehavior() });
    announce(`Found ${name}`);
    row.dataset.found = '';
    const left = () => {
      // Another tab or program may be in front for a while.
      if (document.activeElement === row) return;
      row.removeEventListener('blur', left);
      row.removeAttribute('tabindex');
      delete row.dataset.found;
    };
    row.addEventListener('blur', left);
    left();
  });
}

/** The start from what this browser kept: the home is shown before the server answers, or without it. */
import { queryClient } from '@/shared/data/client';
import { readKept } from '@/shared/data/kept';

/** Milliseconds that the first paint waits for the browser's database. */
const RESTORE_TIMEOUT = 1_000;

/** What was kept when this page started. */
export const keptAtStart = readKept();

/** Restores the home. Null when there is none, or when fetching the code for it would take longer. */
export function restore(): Promise<void> | null {
  if (!keptAtStart || !navigator.serviceWorker?.controller) return null;
  const { person } = keptAtStart;
  const restored = import('@/shared/data/persist').then(({ restoreHomes }) =>
    restoreHomes(queryClient, person),
  );
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, RESTORE_TIMEOUT));
  // A database that cannot be read is an empty one.
  return Promise.race([restored.catch(() => {}), timeout]);
}

/** The start from what this browser kept: the home is shown before the server answers, or without it. */
import { queryClient } from '@/shared/data/client';
import { readKept } from '@/shared/data/kept';
import { keys } from '@/shared/data/keys';
import { lastAnswer } from '@/shared/lib/online';
import { currentAt } from './current';

/** Milliseconds that the first paint waits for the browser's database. */
const RESTORE_TIMEOUT = 1_000;

const kept = readKept();

/** Restores the home. Null when there is none, or when fetching the code for it would take longer. */
export function restore(): Promise<void> | null {
  if (!kept || !navigator.serviceWorker?.controller) return null;
  const restored = import('@/shared/data/persist').then(({ restoreHomes }) =>
    restoreHomes(queryClient, kept.person),
  );
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, RESTORE_TIMEOUT));
  // A database that cannot be read is an empty one.
  return Promise.race([restored.catch(() => {}), timeout]);
}

/** Since when the items of a space may be out of date; null when none are known. */
export const itemsCurrentAt = (space: string): number | null =>
  currentAt(space, queryClient.getQueryState(keys.items(space)), kept, lastAnswer());

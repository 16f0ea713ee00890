/** The cache of server state and its invalidation. */
import type { Me } from '@prox/api-client';
import { QueryClient } from '@tanstack/react-query';
import { useConnection } from '@/shared/realtime/store';
import { keys, staleKeys } from './keys';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The fetch layer repeats what is safe to repeat.
      retry: false,
      staleTime: 30_000,
      // A live socket announces changes; without one, refetch when the person returns.
      refetchOnWindowFocus: () => useConnection.getState().state !== 'live',
      refetchOnReconnect: () => useConnection.getState().state !== 'live',
    },
    // A write that cannot be sent fails at once; it is never queued.
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** The id of the person who is signed in, as far as this tab knows. */
export const knownPerson = (): string | undefined => queryClient.getQueryData<Me>(keys.me)?.id;

/** Fetches again what the server named, and what starts with it. */
export function invalidate(changed: readonly (readonly string[])[]): void {
  for (const queryKey of staleKeys(changed)) void refresh(queryKey);
}

/** Running refetches by key, and whether another one has to follow. */
const refreshing = new Map<string, { again: boolean }>();

/**
 * One fetch after the other: what changes while one is on its way is in the next. Starting over at
 * each change would show nothing for as long as changes come faster than answers.
 */
async function refresh(queryKey: readonly string[]): Promise<void> {
  const name = JSON.stringify(queryKey);
  const running = refreshing.get(name);
  if (running) {
    running.again = true;
    return;
  }
  const turn = { again: true };
  refreshing.set(name, turn);
  while (turn.again) {
    turn.again = false;
    // While own changes of these facts are on their way, the last of them fetches
    // again: an answer from in between would show a step back.
    const busy = queryClient.isMutating({ mutationKey: queryKey }) > 0;
    await queryClient.invalidateQueries({ queryKey, refetchType: busy ? 'none' : 'active' });
  }
  refreshing.delete(name);
}

/** After an own change: fetches again unless more changes of the same facts follow. */
export function settled(queryKey: readonly string[]): void {
  if (queryClient.isMutating({ mutationKey: queryKey }) > 1) return;
  void queryClient.invalidateQueries({ queryKey });
}

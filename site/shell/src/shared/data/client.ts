/** The cache of server state, and how it is told that something changed. */
import { QueryClient } from '@tanstack/react-query';
import { useConnection } from '@/shared/realtime/store';
import { staleKeys } from './keys';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The fetch layer repeats what is safe to repeat.
      retry: false,
      staleTime: 30_000,
      // A live socket says what changed; without one, coming back is the time to look.
      refetchOnWindowFocus: () => useConnection.getState().state !== 'live',
      refetchOnReconnect: () => useConnection.getState().state !== 'live',
    },
    // A change that cannot be sent now fails now; it is never kept for later.
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** Fetches again what the server named, and what starts with it. */
export function invalidate(changed: readonly (readonly string[])[]): void {
  for (const queryKey of staleKeys(changed)) {
    // While own changes of these facts are on their way, the last of them fetches
    // again: an answer from in between would show a step back.
    const busy = queryClient.isMutating({ mutationKey: queryKey }) > 0;
    void queryClient.invalidateQueries({ queryKey, refetchType: busy ? 'none' : 'active' });
  }
}

/** After an own change: fetches again unless more changes of the same facts follow. */
export function settled(queryKey: readonly string[]): void {
  if (queryClient.isMutating({ mutationKey: queryKey }) > 1) return;
  void queryClient.invalidateQueries({ queryKey });
}

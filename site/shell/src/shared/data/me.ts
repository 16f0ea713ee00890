/** Server state of the signed-in person: who they are, their sign-ins, their organizations. */

import { data, everything, type Me } from '@prox/api-client';
import { queryOptions, useMutation } from '@tanstack/react-query';
import { api, signInForDevelopment } from '@/shared/api/client';
import { queryClient } from './client';
import { keys } from './keys';
import { useWrite } from './write';

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => data(api.GET('/api/me', { signal })),
  staleTime: 5 * 60_000,
});

export const organizationsQuery = queryOptions({
  queryKey: keys.organizations,
  queryFn: ({ signal }) =>
    everything((cursor) =>
      data(api.GET('/api/me/organizations', { signal, params: { query: { cursor, limit: 200 } } })),
    ),
  staleTime: 5 * 60_000,
});

export const providersQuery = queryOptions({
  queryKey: keys.providers,
  queryFn: ({ signal }) =>
    data(api.GET('/api/auth/providers', { signal })).then(({ items }) => items),
  staleTime: Number.POSITIVE_INFINITY,
});

export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: ({ signal }) =>
    everything((cursor) =>
      data(api.GET('/api/auth/sessions', { signal, params: { query: { cursor } } })),
    ),
});

export const useUpdateMe = () =>
  useWrite({
    intent: ['update-me'],
    mutationFn: (body: { name: string }, headers) => data(api.PATCH('/api/me', { headers, body })),
    onSuccess: (me: Me) => queryClient.setQueryData(keys.me, me),
  });

export const useDevSignIn = () => useMutation({ mutationFn: signInForDevelopment });

/** Ends the session of this browser on the server. */
export const signOut = (signal?: AbortSignal) =>
  data(api.POST('/api/auth/sign-out', { signal: signal ?? null }));

export const useRevokeSession = () =>
  useWrite({
    intent: ['revoke-session'],
    mutationFn: (session: string, headers) =>
      data(api.DELETE('/api/auth/sessions/{session}', { headers, params: { path: { session } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.sessions }),
  });

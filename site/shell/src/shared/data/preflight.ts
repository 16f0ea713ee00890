/** The preflight of a web address: its title, and whether it can be embedded. */

import { data } from '@prox/api-client';
import { queryOptions } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from './keys';

export const preflightQuery = (url: string) =>
  queryOptions({
    queryKey: keys.preflight(url),
    queryFn: ({ signal }) => data(api.POST('/api/preflight', { signal, body: { url } })),
    staleTime: 10 * 60_000,
  });

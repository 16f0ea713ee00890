/** What the server finds. */
import { data } from '@prox/api-client';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/shared/api/client';

/** The longest query that the server accepts, in characters. */
export const LONGEST_QUERY = 500;

/** An older request is aborted when its query is no longer the one that is shown. */
export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', q],
    queryFn: ({ signal }) =>
      data(api.GET('/api/search', { signal, params: { query: { q, limit: 30 } } })),
    enabled: q !== '',
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
    retry: false,
  });

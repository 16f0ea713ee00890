/** What the server finds. */
import { data, type SearchResult } from '@prox/api-client';
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { api } from '@/shared/api/client';

/** The longest query that the server accepts, in characters. */
export const LONGEST_QUERY = 500;

/** An older request is aborted when its query is no longer the one that is shown. */
export const searchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['search', q],
    queryFn: ({ signal, pageParam: cursor }) =>
      data(api.GET('/api/search', { signal, params: { query: { q, limit: 30, cursor } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    enabled: q !== '',
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
    retry: false,
  });

/** The results of all pages; one that moved to a later page meanwhile is there once. */
export function resultsOf(pages: readonly { items: readonly SearchResult[] }[]): SearchResult[] {
  const all = pages.flatMap(({ items }) =>
    items.map((one) => [`${one.type}:${one.id}`, one] as const),
  );
  return [...new Map(all).values()];
}

/** The entries of a feed, as the service fetched them. */
import { data, type Feed, type Item } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/data/keys';

export type { FeedEntry } from '@prox/api-client';

export type ShownFeed = Feed & {
  /**
   * `pending`: the service fetches it for the first time, for another request; `stale`: the entries are
   * those of an earlier time; `failed`: there never were any.
   */
  state: 'pending' | 'fresh' | 'stale' | 'failed';
};

/** The service asks the site at most every quarter of an hour. */
const REFETCH = 15 * 60_000;
/** Milliseconds until the first and the last question about a first fetch that another request began. */
const FIRST_FETCH = [2_000, 60_000] as const;

export const useFeed = (org: string, { id: item, space_id: space, url }: Item) =>
  useQuery({
    // Another address has other entries.
    queryKey: [...keys.feed(item), url],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/organizations/{org}/spaces/{space}/items/{item}/feed', {
          signal,
          params: { path: { org, space, item } },
        }),
      ).then(shown),
    staleTime: REFETCH,
    refetchInterval: ({ state }) => untilNext(state.data, state.dataUpdateCount),
  });

export const shown = (feed: Feed): ShownFeed => ({ ...feed, state: stateOf(feed) });

function stateOf({ checked_at, reason, entries }: Feed): ShownFeed['state'] {
  if (checked_at === null) return 'pending';
  if (reason === null) return 'fresh';
  return entries.length > 0 ? 'stale' : 'failed';
}

/** Milliseconds until the feed is asked for again, after so many answers. */
export function untilNext(feed: ShownFeed | undefined, answers: number): number {
  if (feed?.state !== 'pending') return REFETCH;
  const [first, last] = FIRST_FETCH;
  return Math.min(first * 2 ** (answers - 1), last);
}

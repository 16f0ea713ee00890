/** The entries of a feed, as the service fetched them. */
import { data, type Feed, type Item } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/data/keys';

export type { FeedEntry } from '@prox/api-client';

export type ShownFeed = Feed & {
  /** `stale`: the entries are those of an earlier time; `failed`: there never were any. */
  state: 'fresh' | 'stale' | 'failed';
};

/** The service asks the site at most every quarter of an hour. */
const REFETCH = 15 * 60_000;

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
    refetchInterval: REFETCH,
  });

export const shown = (feed: Feed): ShownFeed => ({
  ...feed,
  state: feed.reason === null ? 'fresh' : feed.entries.length > 0 ? 'stale' : 'failed',
});

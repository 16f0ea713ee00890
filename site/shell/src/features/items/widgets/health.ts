/** The health of the links of a space, as the service checked them. */
import { data, everything, type Item, type ItemHealth, type Space } from '@prox/api-client';
import { queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { queryClient } from '@/shared/data/client';
import { keys } from '@/shared/data/keys';

type Target = Pick<Space, 'id' | 'organization_id'>;

export const healthQuery = ({ organization_id: org, id: space }: Target) =>
  queryOptions({
    queryKey: keys.health(space),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/spaces/{space}/health', {
            signal,
            params: { path: { org, space }, query: { cursor, limit: 200 } },
          }),
        ),
      ),
    staleTime: 60_000,
  });

/** One check visits a limited number of links: so many follow each other at most. */
const MOST_CHECKS = 10;

/** Checks links now, and answers how many were checked. */
export const useCheckHealth = ({ organization_id: org, id: space }: Target) =>
  useMutation({
    mutationKey: ['check-health', space],
    mutationFn: async () => {
      let count = 0;
      for (let check = 0; check < MOST_CHECKS; check += 1) {
        const checked = await data(
          api.POST('/api/organizations/{org}/spaces/{space}/health', {
            params: { path: { org, space } },
          }),
        );
        count += checked.items.length;
        const now = new Map(checked.items.map((one) => [one.item_id, one]));
        queryClient.setQueryData(keys.health(space), (known: readonly ItemHealth[] | undefined) =>
          known?.map((one) => now.get(one.item_id) ?? one),
        );
        if (checked.due === 0 || checked.items.length === 0) break;
      }
      return count;
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.health(space) }),
  });

export type Checked = { item: Item; health: ItemHealth };

export type Summary = {
  /** In the order of the page. */
  all: readonly Checked[];
  failing: readonly Checked[];
  /** Those that were checked. */
  known: number;
  /** Milliseconds since 1970 of the oldest last check; null when some link was never checked. */
  checkedAt: number | null;
};

/** What is known of the items that are shown. */
export function summaryOf(items: readonly Item[], list: readonly ItemHealth[]): Summary {
  const healths = new Map(list.map((one) => [one.item_id, one]));
  const all = items.flatMap((item) => {
    const health = healths.get(item.id);
    return health ? [{ item, health }] : [];
  });
  const times = all.map(({ health }) => (health.checked_at ? Date.parse(health.checked_at) : null));
  return {
    all,
    failing: all.filter(({ health }) => health.state === 'failing'),
    known: all.filter(({ health }) => health.state !== 'unknown').length,
    checkedAt:
      times.length === 0 || times.includes(null) ? null : Math.min(...times.map((at) => at ?? 0)),
  };
}

/** `All 12 links answer`, `2 of 12 links do not answer`. */
export function healthWords({ all, failing, known, checkedAt }: Summary): string {
  const links = (count: number) => (count === 1 ? '1 link' : `${count} links`);
  if (all.length === 0) return 'No links on this page';
  if (known === 0 && checkedAt === null) return 'Not checked yet';
  // Addresses without https, or on a local network.
  if (known === 0)
    return all.length === 1
      ? 'The link cannot be checked'
      : `None of the ${links(all.length)} can be checked`;
  if (failing.length > 0)
    return `${failing.length} of ${links(all.length)} ${failing.length === 1 ? 'does' : 'do'} not answer`;
  if (known < all.length) return `${known} of ${links(all.length)} answer`;
  return all.length === 1 ? 'The link answers' : `All ${links(all.length)} answer`;
}

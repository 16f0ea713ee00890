/** All that decides who sees a space and its items, as far as it is fetched. */
import type { Grant, Item, ShareLink, Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { itemsQuery } from '@/shared/data/items';
import { grantsQuery, shareLinksQuery } from '@/shared/data/sharing';
import { useNow } from '@/shared/lib/hooks';
import { type Sharing, viewingsOf } from './audience';

export type SharingState = {
  items: readonly Item[];
  grants: readonly Grant[];
  links: readonly ShareLink[];
  sharing: Sharing;
  now: number;
};

/** The three lists as one query: data when all are there, the first error otherwise. */
export function useSharing(space: Space) {
  const items = useQuery(itemsQuery(space.organization_id, space.id));
  const grants = useQuery(grantsQuery(space));
  const links = useQuery(shareLinksQuery(space));
  const now = useNow();
  const all = [items, grants, links];
  const data = ((): SharingState | undefined => {
    if (!items.data || !grants.data || !links.data) return undefined;
    const [allItems, allGrants, allLinks] = [items.data, grants.data, links.data];
    const byId = new Map(allItems.map((item) => [item.id, item]));
    return {
      items: allItems,
      grants: allGrants,
      links: allLinks,
      now,
      sharing: {
        visibility: space.visibility,
        ofSpace: viewingsOf(null, allGrants, allLinks, now),
        ofItem: (item) => viewingsOf(item, allGrants, allLinks, now),
        itemOf: (item) => byId.get(item),
      },
    };
  })();
  return {
    data,
    error: all.find(({ error }) => error)?.error ?? null,
    fetchStatus: all.some(({ fetchStatus }) => fetchStatus === 'paused')
      ? ('paused' as const)
      : ('idle' as const),
    refetch: () => {
      for (const query of all) if (query.isError) void query.refetch();
    },
  };
}

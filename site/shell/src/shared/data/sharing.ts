/** Server state of who sees a space and its items: grants, share links, and the report on both. */

import {
  type CreateGrant,
  type CreateShareLink,
  data,
  type Exposure,
  everything,
  type Grant,
  type Item,
  type ItemVisibility,
  type Level,
  type ShareLink,
  type Space,
} from '@prox/api-client';
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { noteChange } from '@/shared/undo/timeline';
import { queryClient, settled } from './client';
import { keys } from './keys';
import { useWrite } from './write';

type Target = Pick<Space, 'id' | 'organization_id'>;

const pathOf = (space: Target) => ({ org: space.organization_id, space: space.id });

export const grantsQuery = (space: Target) =>
  queryOptions({
    queryKey: keys.grants(space.id),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/spaces/{space}/grants', {
            signal,
            params: { path: pathOf(space), query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

export const shareLinksQuery = (space: Target) =>
  queryOptions({
    queryKey: keys.shareLinks(space.id),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/spaces/{space}/share-links', {
            signal,
            params: { path: pathOf(space), query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

const exposurePage = (
  space: Target,
  query: { cursor: string | undefined; limit: number; warnings?: boolean },
  signal?: AbortSignal,
): Promise<Exposure> =>
  data(
    api.GET('/api/organizations/{org}/spaces/{space}/exposure', {
      ...(signal && { signal }),
      params: { path: pathOf(space), query },
    }),
  );

const exposureKey = (space: string) => [...keys.grants(space), 'exposure'];

/** The report, in pages. It depends on items and links, too: see `refetchExposure`. */
export const exposureQuery = (space: Target) =>
  infiniteQueryOptions({
    queryKey: exposureKey(space.id),
    queryFn: ({ pageParam, signal }) =>
      exposurePage(space, { cursor: pageParam, limit: 200 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

/** Fetches the report again after a change of what the server does not name together with grants. */
export const refetchExposure = (space: string): void =>
  void queryClient.invalidateQueries({ queryKey: exposureKey(space) });

/** What the texts of a space and of its items warn of, now. */
export async function fetchWarnings(
  space: Target,
): Promise<Pick<Exposure, 'warnings' | 'items' | 'visibility'>> {
  const first = await exposurePage(space, { cursor: undefined, limit: 200, warnings: true });
  const items = [...first.items];
  for (let cursor = first.next_cursor; cursor; ) {
    const page = await exposurePage(space, { cursor, limit: 200, warnings: true });
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return { ...first, items };
}

const changeGrants = (space: string, by: (grants: readonly Grant[]) => readonly Grant[]) =>
  queryClient.setQueryData(
    keys.grants(space),
    (grants: readonly Grant[] | undefined) => grants && by(grants),
  );

async function beforeGrants(space: string): Promise<readonly Grant[] | undefined> {
  await queryClient.cancelQueries({ queryKey: keys.grants(space), exact: true });
  return queryClient.getQueryData<readonly Grant[]>(keys.grants(space));
}

export const useCreateGrant = (space: Target) =>
  useWrite({
    intent: ['create-grant', space.id],
    mutationKey: keys.grants(space.id),
    mutationFn: (body: CreateGrant, headers) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/grants', {
          headers,
          params: { path: pathOf(space) },
          body,
        }),
      ),
    onSuccess: (grant) =>
      changeGrants(space.id, (grants) => [...grants.filter(({ id }) => id !== grant.id), grant]),
    onSettled: () => settled(keys.grants(space.id)),
  });

export const useUpdateGrant = (space: Target) =>
  useWrite({
    intent: ['update-grant', space.id],
    mutationKey: keys.grants(space.id),
    onMutate: async ({ grant, level }: { grant: string; level: Level }) => {
      const before = await beforeGrants(space.id);
      changeGrants(space.id, (all) =>
        all.map((one) => (one.id === grant ? { ...one, level } : one)),
      );
      return { before };
    },
    mutationFn: ({ grant, level }: { grant: string; level: Level }, headers) =>
      data(
        api.PATCH('/api/organizations/{org}/spaces/{space}/grants/{grant}', {
          headers,
          params: { path: { ...pathOf(space), grant } },
          body: { level },
        }),
      ),
    onError: (_error, _change, context) => {
      if (context?.before) queryClient.setQueryData(keys.grants(space.id), context.before);
    },
    onSettled: () => settled(keys.grants(space.id)),
  });

export const useDeleteGrant = (space: Target) =>
  useWrite({
    intent: ['delete-grant', space.id],
    mutationKey: keys.grants(space.id),
    onMutate: async (grant: string) => {
      const before = await beforeGrants(space.id);
      changeGrants(space.id, (all) => all.filter(({ id }) => id !== grant));
      return { before };
    },
    mutationFn: (grant: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}/grants/{grant}', {
          headers,
          params: { path: { ...pathOf(space), grant } },
        }),
      ),
    onError: (_error, _grant, context) => {
      if (context?.before) queryClient.setQueryData(keys.grants(space.id), context.before);
    },
    onSettled: () => settled(keys.grants(space.id)),
  });

export const useCreateShareLink = (space: Target) =>
  useWrite({
    intent: ['create-share-link', space.id],
    mutationKey: keys.shareLinks(space.id),
    mutationFn: (body: CreateShareLink, headers) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/share-links', {
          headers,
          params: { path: pathOf(space) },
          body,
        }),
      ),
    onSettled: () => settled(keys.shareLinks(space.id)),
  });

export const useDeleteShareLink = (space: Target) =>
  useWrite({
    intent: ['delete-share-link', space.id],
    mutationKey: keys.shareLinks(space.id),
    onMutate: async (link: string) => {
      const queryKey = keys.shareLinks(space.id);
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData<readonly ShareLink[]>(queryKey);
      queryClient.setQueryData(
        queryKey,
        before?.filter(({ id }) => id !== link),
      );
      return { before };
    },
    mutationFn: (link: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}/share-links/{link}', {
          headers,
          params: { path: { ...pathOf(space), link } },
        }),
      ),
    onError: (_error, _link, context) => {
      if (context?.before) queryClient.setQueryData(keys.shareLinks(space.id), context.before);
    },
    onSettled: () => {
      settled(keys.shareLinks(space.id));
      // Grants to a link, and those of people who kept it, end with it.
      settled(keys.grants(space.id));
    },
  });

const showItem = (space: string, id: string, change: Partial<Item>) =>
  queryClient.setQueryData(keys.items(space), (items: readonly Item[] | undefined) =>
    items?.map((item) => (item.id === id ? { ...item, ...change } : item)),
  );

/** Sets who sees an item. No precondition: what it says does not depend on other fields. */
export const setItemVisibility = (
  space: Target,
  item: string,
  visibility: ItemVisibility,
): Promise<Item> =>
  data(
    api.PATCH('/api/organizations/{org}/spaces/{space}/items/{item}', {
      params: { path: { ...pathOf(space), item } },
      body: { visibility },
    }),
  );

type VisibilityChange = { item: Pick<Item, 'id' | 'title' | 'visibility'>; to: ItemVisibility };

/** Changes who sees an item: seen at once, and it can be undone. */
export const useItemVisibility = (space: Target) =>
  useMutation({
    mutationKey: keys.items(space.id),
    // Moves and looks change the same versions.
    scope: { id: `move:${space.id}` },
    onMutate: async ({ item, to }: VisibilityChange) => {
      await queryClient.cancelQueries({ queryKey: keys.items(space.id) });
      showItem(space.id, item.id, { visibility: to });
    },
    mutationFn: ({ item, to }: VisibilityChange) => setItemVisibility(space, item.id, to),
    onSuccess: ({ version }, { item, to }) => {
      showItem(space.id, item.id, { version });
      const { id, title } = item;
      const from = { visibility: item.visibility };
      noteChange(space.id, { kind: 'edit', id, title, from, to: { visibility: to } });
    },
    onError: (_error, { item }) => showItem(space.id, item.id, { visibility: item.visibility }),
    onSettled: () => {
      settled(keys.items(space.id));
      refetchExposure(space.id);
    },
  });

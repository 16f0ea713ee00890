/** Server state of the items of a space; moves and deletions show before the server answers. */

import {
  asProblem,
  type CreateItem,
  data,
  everything,
  type Item,
  type ItemSize,
  ifMatch,
  type Space,
  type UpdateItem,
} from '@prox/api-client';
import { queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { Fields } from '@/shared/undo/changes';
import { noteChange } from '@/shared/undo/timeline';
import { queryClient, settled } from './client';
import { keys } from './keys';
import { type FullPlace, fullPlace, moved, neighbours, placeOf, without } from './order';
import { useWrite } from './write';

export const itemsQuery = (org: string, space: string) =>
  queryOptions({
    queryKey: keys.items(space),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/spaces/{space}/items', {
            signal,
            params: { path: { org, space }, query: { cursor, limit: 200 } },
          }),
        ),
      ).catch((error: unknown) => {
        // A space that is gone has no items, and what shows one of them says that it is gone.
        if (asProblem(error).status === 404) return [];
        throw error;
      }),
  });

/** Fetches the items again that are shown although their space is not in the list any more. */
export function refetchGone(spaces: readonly Space[]): void {
  void queryClient.refetchQueries({
    queryKey: ['items'],
    type: 'active',
    predicate: ({ queryKey }) => !spaces.some(({ id }) => id === queryKey[1]),
  });
}

type Target = Pick<Space, 'id' | 'organization_id'>;

/** Whether a change can be undone; an undo itself is no change to undo. */
type Noted = { noted?: boolean };

const known = (space: string) => queryClient.getQueryData<readonly Item[]>(keys.items(space)) ?? [];

const change = (space: string, by: (items: readonly Item[]) => readonly Item[]) =>
  queryClient.setQueryData(
    keys.items(space),
    (items: readonly Item[] | undefined) => items && by(items),
  );

/** Takes over what the server answered, and leaves the order to what is shown. */
const merge = (answer: Item) => (items: readonly Item[]) =>
  items.map((item) => (item.id === answer.id ? { ...answer, folder_id: item.folder_id } : item));

/** Shows a change at once; answers what to go back to. */
async function optimistic(space: string, by: (items: readonly Item[]) => readonly Item[]) {
  await queryClient.cancelQueries({ queryKey: keys.items(space) });
  const before = known(space);
  change(space, by);
  return { before };
}

export const useCreateItem = (space: Target, { noted = true }: Noted = {}) =>
  useWrite({
    intent: ['create-item', space.id],
    mutationKey: keys.items(space.id),
    mutationFn: (body: CreateItem, headers) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/items', {
          headers,
          params: { path: { org: space.organization_id, space: space.id } },
          body,
        }),
      ),
    onSuccess: (item, { place }) => {
      change(space.id, (items) =>
        items.some(({ id }) => id === item.id) ? items : [...items, item],
      );
      if (place) change(space.id, (items) => moved(items, item.id, fullPlace(place)));
      if (!noted) return;
      const at = placeOf(known(space.id), item);
      noteChange(space.id, { kind: 'create', item, place: at, inside: [] });
    },
    onSettled: () => settled(keys.items(space.id)),
  });

/** The values that some fields of an item have. */
const valuesOf = (item: Item, fields: UpdateItem): Fields =>
  Object.fromEntries(
    Object.keys(fields).map((name) => [name, item[name as keyof Item] ?? null]),
  ) as Fields;

export const useUpdateItem = (space: Target, { noted = true }: Noted = {}) =>
  useWrite({
    intent: ['update-item', space.id],
    mutationKey: keys.items(space.id),
    onMutate: ({ item }: { item: string; version: number; body: UpdateItem }) => ({
      before: known(space.id).find(({ id }) => id === item),
    }),
    mutationFn: (
      { item, version, body }: { item: string; version: number; body: UpdateItem },
      headers,
    ) =>
      data(
        api.PATCH('/api/organizations/{org}/spaces/{space}/items/{item}', {
          params: { path: { org: space.organization_id, space: space.id, item } },
          headers: { ...headers, ...ifMatch(version) },
          body,
        }),
      ),
    onSuccess: (item, { body }, context) => {
      change(space.id, merge(item));
      const before = context?.before;
      if (!noted || !before) return;
      const [from, to] = [valuesOf(before, body), valuesOf(item, body)];
      noteChange(space.id, { kind: 'edit', id: item.id, title: item.title, from, to });
    },
    onSettled: () => settled(keys.items(space.id)),
  });

type Move = { item: string; place: FullPlace; before: readonly Item[] };

/**
 * Answers a function that moves an item, which is seen moved when it returns: the next
 * press of a key counts from there. Requests run one after the other, each on the
 * version that the one before it made.
 */
export function useMoveItem(space: Target, { noted = true }: Noted = {}) {
  const mutation = useMutation({
    mutationKey: keys.items(space.id),
    scope: { id: `move:${space.id}` },
    onMutate: async ({ item, place }: Move) => {
      // Stopping a fetch puts back what it began with: the move is made again on that.
      await queryClient.cancelQueries({ queryKey: keys.items(space.id) });
      change(space.id, (items) => moved(items, item, place));
    },
    mutationFn: ({ item, place }: Move) => {
      const version = known(space.id).find(({ id }) => id === item)?.version ?? 0;
      return data(
        api.PATCH('/api/organizations/{org}/spaces/{space}/items/{item}', {
          params: { path: { org: space.organization_id, space: space.id, item } },
          headers: ifMatch(version),
          body: { place },
        }),
      );
    },
    onSuccess: (item, { place, before }) => {
      change(space.id, merge(item));
      const old = before.find(({ id }) => id === item.id);
      if (!noted || !old) return;
      const from = placeOf(before, old);
      noteChange(space.id, { kind: 'move', id: item.id, title: item.title, from, to: place });
    },
    onError: (_error, { before }) => change(space.id, () => before),
    onSettled: () => settled(keys.items(space.id)),
  });
  return (item: string, place: FullPlace): Promise<Item> => {
    const before = known(space.id);
    change(space.id, (items) => moved(items, item, place));
    return mutation.mutateAsync({ item, place, before });
  };
}

/** A new size, colour or icon of an item. */
export type LookChange = { size?: ItemSize; color?: string | null; icon?: string | null };

/** Looks that are seen but not sent yet, in the order of their changes. */
let unsent: { id: string; look: LookChange }[] = [];

/** Answers a function that changes how an item looks, which is seen when it returns. */
export function useChangeLook(space: Target) {
  const show = (id: string, look: object) =>
    change(space.id, (items) =>
      items.map((item) => (item.id === id ? { ...item, ...look } : item)),
    );
  const mutation = useMutation({
    mutationKey: keys.items(space.id),
    // Moves and looks change the same versions.
    scope: { id: `move:${space.id}` },
    onMutate: async ({ item, look }: { item: string; look: LookChange; before: LookChange }) => {
      await queryClient.cancelQueries({ queryKey: keys.items(space.id) });
      show(item, look);
    },
    mutationFn: ({ item, look }) => {
      unsent = unsent.filter((one) => one.look !== look);
      const version = known(space.id).find(({ id }) => id === item)?.version ?? 0;
      return data(
        api.PATCH('/api/organizations/{org}/spaces/{space}/items/{item}', {
          params: { path: { org: space.organization_id, space: space.id, item } },
          headers: ifMatch(version),
          body: (look.icon === null ? { ...look, icon: '' } : look) as UpdateItem,
        }),
      );
    },
    onSuccess: (item, { look, before }) => {
      change(space.id, merge(item));
      // The answer is older than what was changed meanwhile.
      for (const { id, look } of unsent) if (id === item.id) show(id, look);
      const to = valuesOf(item, look);
      noteChange(space.id, { kind: 'edit', id: item.id, title: item.title, from: before, to });
    },
    onError: (_error, { item, before }) => show(item, before),
    onSettled: () => settled(keys.items(space.id)),
  });
  return (item: Item, look: LookChange): Promise<Item> => {
    const before: LookChange = {
      ...(look.size && { size: item.size }),
      ...(look.color !== undefined && { color: item.color }),
      ...(look.icon !== undefined && { icon: item.icon }),
    };
    show(item.id, look);
    unsent.push({ id: item.id, look });
    return mutation.mutateAsync({ item: item.id, look, before });
  };
}

export const useDeleteItem = (space: Target, { noted = true }: Noted = {}) =>
  useWrite({
    intent: ['delete-item', space.id],
    mutationKey: keys.items(space.id),
    onMutate: (item: string) => optimistic(space.id, (items) => without(items, item)),
    mutationFn: (item: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}/items/{item}', {
          headers,
          params: { path: { org: space.organization_id, space: space.id, item } },
        }),
      ),
    onSuccess: (_answer, id, context) => {
      const before = context?.before ?? [];
      const item = before.find((one) => one.id === id);
      if (!noted || !item) return;
      const inside = neighbours(before, id).map((one) => one.id);
      noteChange(space.id, { kind: 'delete', item, place: placeOf(before, item), inside });
    },
    onError: (_error, _item, context) => {
      if (context) change(space.id, () => context.before);
    },
    onSettled: () => settled(keys.items(space.id)),
  });

/** Server state of what others share with the signed-in person. */
import {
  asProblem,
  data,
  everything,
  type Item,
  type SharedSpace,
  type Space,
} from '@prox/api-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { queryClient } from './client';
import { keys } from './keys';
import { useWrite } from './write';

export const sharedQuery = queryOptions({
  queryKey: keys.shared,
  queryFn: ({ signal }) =>
    everything((cursor) =>
      data(api.GET('/api/me/shared', { signal, params: { query: { cursor, limit: 200 } } })),
    ),
});

/**
 * Milliseconds between two questions while a shared space is open: changes of its items and the end of a
 * link are not announced to guests.
 */
export const ASK_EVERY = 15_000;

export const sharedAs = (
  all: readonly SharedSpace[] | undefined,
  space: string,
): SharedSpace | undefined => all?.find(({ space_id }) => space_id === space);

/** A space that is shared with the person: undefined while that is not known, null when it is not. */
export function useSharedSpace(space: string | undefined): SharedSpace | null | undefined {
  const { data: all } = useQuery({ ...sharedQuery, enabled: space !== undefined });
  return space === undefined || all === undefined ? undefined : (sharedAs(all, space) ?? null);
}

/** The ids of a shared space, as the operations on items need them. */
export const targetOf = ({
  space_id,
  organization,
}: SharedSpace): Pick<Space, 'id' | 'organization_id'> => ({
  id: space_id,
  organization_id: organization.id,
});

/** Whether the person may change an item; of a space, whether they may add and delete items, too. */
export const canEdit = ({ level }: { level: SharedSpace['level'] }): boolean =>
  level === 'edit' || level === 'manage';

/** Whether there are items that the person may be able to change; each has a level of its own. */
export const mayChange = (shared: SharedSpace): boolean => canEdit(shared) || shared.items > 0;

/** Whether a write failed because something is not shared, or not to be changed, any more. */
export function isRefused(error: unknown): boolean {
  const { status } = asProblem(error);
  return status === 403 || status === 404;
}

/** After a refusal: asks what is still shared. */
export function askAgain(space: string): void {
  void queryClient.invalidateQueries({ queryKey: keys.shared });
  void queryClient.invalidateQueries({ queryKey: keys.items(space) });
}

/** Forgets the items of a space that is not shared any more, also in what this browser keeps. */
export function forgetItems(space: string): void {
  if (queryClient.getQueryData<readonly Item[]>(keys.items(space))?.length)
    queryClient.setQueryData(keys.items(space), []);
}

/** Keeps a share link in the person's account. */
export const useKeepLink = () =>
  useWrite({
    intent: ['keep-link'],
    mutationFn: (body: { token: string; passphrase?: string }, headers) =>
      data(api.POST('/api/me/shared', { headers, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.shared }),
  });

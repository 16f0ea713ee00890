/** Server state of the notifications of the signed-in person. */
import { data, type Notification } from '@prox/api-client';
import { infiniteQueryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { queryClient, settled } from './client';
import { keys } from './keys';

const list = (cursor: string | undefined, signal?: AbortSignal) =>
  data(
    api.GET('/api/me/notifications', {
      ...(signal && { signal }),
      params: { query: { cursor, limit: 50 } },
    }),
  );

export const notificationsQuery = (person: string) =>
  infiniteQueryOptions({
    queryKey: keys.notifications(person),
    queryFn: ({ pageParam, signal }) => list(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });

/** Marks notifications as read; all of them without `ids`. */
export const useReadNotifications = (person: string) =>
  useMutation({
    mutationKey: keys.notifications(person),
    mutationFn: (ids: readonly string[] | null) =>
      data(api.POST('/api/me/notifications/read', { body: ids ? { ids: [...ids] } : {} })),
    onSettled: () => settled(keys.notifications(person)),
  });

const remove = (notification: string) =>
  data(api.DELETE('/api/me/notifications/{notification}', { params: { path: { notification } } }));

export const useDeleteNotifications = (person: string) =>
  useMutation({
    mutationKey: keys.notifications(person),
    mutationFn: (ids: readonly string[]) => Promise.all(ids.map(remove)),
    onSettled: () => settled(keys.notifications(person)),
  });

/** Deletes every notification there is, page by page; the API deletes one at a time. */
export const useClearNotifications = (person: string) =>
  useMutation({
    mutationKey: keys.notifications(person),
    mutationFn: async () => {
      for (let page = await list(undefined); page.items.length > 0; page = await list(undefined)) {
        await Promise.all(page.items.map(({ id }) => remove(id)));
      }
    },
    onSettled: () => void queryClient.invalidateQueries({ queryKey: keys.notifications(person) }),
  });

/** Notifications about the same thing, newest first. */
export type NotificationGroup = { newest: Notification; all: readonly Notification[] };

/** Groups in the order of their newest one; the given list is newest first. */
export function grouped(notifications: readonly Notification[]): NotificationGroup[] {
  const groups = new Map<string, Notification[]>();
  for (const one of notifications) {
    const known = groups.get(one.group_key);
    if (known) known.push(one);
    else groups.set(one.group_key, [one]);
  }
  return [...groups.values()].flatMap((all) => (all[0] ? [{ newest: all[0], all }] : []));
}

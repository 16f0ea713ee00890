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

/** Ids that one request may name. */
const MOST_IDS = 200;

const clear = (query: { ids?: string; before?: string }) =>
  data(api.DELETE('/api/me/notifications', { params: { query } }));

export const useDeleteNotifications = (person: string) =>
  useMutation({
    mutationKey: keys.notifications(person),
    mutationFn: async (ids: readonly string[]) => {
      for (let at = 0; at < ids.length; at += MOST_IDS) {
        await clear({ ids: ids.slice(at, at + MOST_IDS).join(',') });
      }
    },
    onSettled: () => settled(keys.notifications(person)),
  });

/** Deletes all notifications up to the newest one that the person saw. */
export const useClearNotifications = (person: string) =>
  useMutation({
    mutationKey: keys.notifications(person),
    mutationFn: (newest: string) => clear({ before: newest }),
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

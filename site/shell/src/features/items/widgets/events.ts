/** The newest events of an organization, from all its instances. */
import { data, type Event, type Instance } from '@prox/api-client';
import {
  type FetchStatus,
  queryOptions,
  type UseQueryResult,
  useQueries,
  useQuery,
} from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/data/keys';
import { instancesQuery } from '@/shared/data/organizations';
import { eventGist } from '@/shared/lib/gist';

export type Recent = Pick<Event, 'id' | 'type' | 'created_at'> & {
  gist: string;
  /** The name of its instance; null when there is only one. */
  where: string | null;
};

/** Instances that are asked. */
const MOST_INSTANCES = 6;

/** Below the key of all events of the instance, which the server names when one arrives. */
const newestQuery = (org: string, instance: string) =>
  queryOptions({
    queryKey: [...keys.events(instance), 'newest'],
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/organizations/{org}/instances/{instance}/events', {
          signal,
          params: { path: { org, instance }, query: { limit: 12 } },
        }),
      ).then(({ items }) => items),
  });

type RecentEvents = {
  /** Undefined until all instances answered. */
  data: Recent[] | undefined;
  error: unknown;
  fetchStatus: FetchStatus;
  refetch: () => void;
};

type Answer = Pick<UseQueryResult<readonly Event[]>, 'data' | 'error' | 'fetchStatus' | 'refetch'>;

/** Of several answers, what is known of all of them. */
function together(instances: readonly Instance[], answers: readonly Answer[]): RecentEvents {
  const missing = answers.filter(({ data: list }) => list === undefined);
  const isKnown = missing.length === 0;
  return {
    data: isKnown
      ? newest(
          answers.map(({ data: events = [] }, at) => ({
            name: instances.length > 1 ? (instances[at]?.name ?? null) : null,
            events,
          })),
        )
      : undefined,
    error: missing.find(({ error }) => error)?.error ?? null,
    fetchStatus: missing.some(({ fetchStatus }) => fetchStatus === 'paused') ? 'paused' : 'idle',
    refetch: () => missing.forEach((answer) => void answer.refetch()),
  };
}

/** The newest events of all instances. */
export function useRecentEvents(organization: string): RecentEvents {
  const { data: all, error, fetchStatus, refetch } = useQuery(instancesQuery(organization));
  const instances = (all ?? []).slice(0, MOST_INSTANCES);
  const answers = useQueries({
    queries: instances.map(({ id }) => newestQuery(organization, id)),
  });
  return all
    ? together(instances, answers)
    : { data: undefined, error, fetchStatus, refetch: () => void refetch() };
}

type Named = { name: string | null; events: readonly Event[] };

/** Of several lists, by time. */
export const newest = (lists: readonly Named[]): Recent[] =>
  lists
    .flatMap(({ name, events }) =>
      events.map(({ id, type, created_at, payload, source }) => ({
        id,
        type,
        created_at,
        gist: eventGist({ payload, source }),
        where: name,
      })),
    )
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at));

/** The newest events of an organization, from all its instances. */
import { data, type Event, type Instance } from '@prox/api-client';
import {
  type FetchStatus,
  queryOptions,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { createElement, type ReactNode } from 'react';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/data/keys';
import { instancesQuery } from '@/shared/data/organizations';

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

export type RecentEvents = {
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

type Children = (events: RecentEvents) => ReactNode;

/** Shows the newest events of all instances. */
export function WithRecentEvents({
  organization,
  children,
}: {
  organization: string;
  children: Children;
}): ReactNode {
  const { data: instances, error, fetchStatus, refetch } = useQuery(instancesQuery(organization));
  return instances
    ? createElement(Asked, {
        organization,
        instances: instances.slice(0, MOST_INSTANCES),
        answers: [],
        children,
      })
    : children({ data: undefined, error, fetchStatus, refetch: () => void refetch() });
}

type AskedProps = {
  organization: string;
  instances: readonly Instance[];
  /** Those of the first instances. */
  answers: readonly Answer[];
  children: Children;
};

/** Asks the next instance; a component for each, since their number is not fixed. */
function Asked({ organization, instances, answers, children }: AskedProps): ReactNode {
  const next = instances[answers.length];
  return next
    ? createElement(AskedOne, { key: next.id, organization, instances, answers, children, next })
    : children(together(instances, answers));
}

function AskedOne({ next, answers, ...rest }: AskedProps & { next: Instance }): ReactNode {
  const answer = useQuery(newestQuery(rest.organization, next.id));
  return createElement(Asked, { ...rest, answers: [...answers, answer] });
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
        gist: gistOf(payload) ?? `From ${SOURCES[source] ?? source}`,
        where: name,
      })),
    )
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at));

const SOURCES: Record<string, string> = { api: 'the API', slack: 'Slack' };

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null ? (value as Fields) : null;

/** The most telling text of a payload. */
export function gistOf(payload: unknown): string | undefined {
  const fields = fieldsOf(payload) ?? {};
  const inner = fieldsOf(fields.event) ?? fields;
  return [inner.text, inner.message, inner.title, inner.name, inner.command].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
}

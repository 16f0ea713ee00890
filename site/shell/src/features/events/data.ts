/** The events of an instance as the window shows them, with numbers as they were sent. */
import { data, type Event } from '@prox/api-client';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { parse, stringify } from 'lossless-json';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/data/keys';
import { eventGist } from '@/shared/lib/gist';

export type ShownEvent = Omit<Event, 'payload'> & {
  /** Indented JSON. Every number has the text that it was sent with. */
  payload: string;
  /** The most telling text of the payload, or its source. */
  gist: string;
};

export type EventPage = { items: ShownEvent[]; next_cursor?: string | null };

/** Newest first, a page at a time. */
export const eventsQuery = (org: string, instance: string) =>
  infiniteQueryOptions({
    queryKey: keys.events(instance),
    queryFn: async ({ signal, pageParam: cursor }) => {
      const text = await data(
        api.GET('/api/organizations/{org}/instances/{instance}/events', {
          signal,
          params: { path: { org, instance }, query: { cursor, limit: 50 } },
          // `JSON.parse` rounds numbers.
          parseAs: 'text',
        }),
      );
      return readPage(text);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** A page of events from its JSON. */
export function readPage(text: string): EventPage {
  // The last of two equal keys counts, as in `JSON.parse`.
  const page = parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue });
  const { items, next_cursor } = page as {
    items: (Omit<Event, 'payload'> & { payload: unknown })[];
    next_cursor?: string | null;
  };
  return {
    items: items.map((event) => ({
      ...event,
      payload: stringify(event.payload, undefined, 2) ?? '',
      gist: eventGist(event),
    })),
    ...(next_cursor === undefined ? {} : { next_cursor }),
  };
}

/** The system app for what happened in an instance; new events appear by themselves. */

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ChevronRight, Radio } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { instancesQuery } from '@/shared/data/organizations';
import { choose } from '@/shared/instances/choice';
import { WithInstance } from '@/shared/instances/WithInstance';
import { useDebounced, useNow } from '@/shared/lib/hooks';
import { usePlace } from '@/shared/lib/place';
import { MissingRow } from '@/shared/rows/MissingRow';
import { FOUND_ROW, useWantedRow } from '@/shared/rows/useWantedRow';
import { useWanted } from '@/shared/rows/wanted';
import { announce } from '@/shared/ui/announce';
import { CopyButton } from '@/shared/ui/CopyButton';
import { Panel } from '@/shared/ui/Panel';
import { Scroll } from '@/shared/ui/Scroll';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { eventsQuery, type ShownEvent } from './data';

/** Milliseconds for which an event that came in is marked as new. */
const NEW_FOR = 60_000;

/** Pages that are looked through for an event that an address names. */
const MOST_PAGES = 5;

/** Where the event is that an address names: in the instance that is shown, in another one, or in none. */
type Place = 'here' | 'elsewhere' | 'nowhere';

export default function Events() {
  const { organization } = usePlace();
  const { data: instances } = useQuery(instancesQuery(organization.id));
  const wanted = useWanted((state) => (state.wanted?.app === 'events' ? state.wanted : null));
  const [of] = wanted?.row.split('.') ?? [];
  const home = instances?.find(({ id }) => id === of)?.id;
  useLayoutEffect(() => {
    if (wanted && home) choose(organization.id, home);
  }, [organization.id, wanted, home]);
  const placeFor = (instance: string): Place => {
    if (!home) return 'nowhere';
    return home === instance ? 'here' : 'elsewhere';
  };
  return (
    <Panel>
      <WithInstance rows={6}>
        {({ id, organization_id }) => (
          <EventList key={id} organization={organization_id} instance={id} wanted={placeFor(id)} />
        )}
      </WithInstance>
    </Panel>
  );
}

type ListProps = { organization: string; instance: string; wanted: Place };

function EventList({ organization, instance, wanted }: ListProps) {
  const query = useInfiniteQuery(eventsQuery(organization, instance));
  const now = useNow();
  const events = query.data?.pages.flatMap((page) => page.items);
  const arrived = useArrived(events);
  const rowOf = ({ id }: ShownEvent) => `${instance}.${id}`;
  const rows = events?.map((event) => ({ id: rowOf(event), name: event.type }));
  const pages = query.data?.pages.length ?? 0;
  const hasMore = wanted === 'here' && query.hasNextPage && pages < MOST_PAGES;
  useWantedRow(
    'events',
    wanted === 'elsewhere' ? undefined : rows,
    query,
    hasMore ? query.fetchNextPage : null,
  );
  const isNew = ({ id, created_at }: ShownEvent) =>
    arrived.has(id) && now - Date.parse(created_at) < NEW_FOR;
  return (
    <>
      <MissingRow app="events">
        The event you looked for is not in this list: it may be older, or gone.
      </MissingRow>
      <Loaded query={{ ...query, data: events }} skeleton={<RowsSkeleton rows={6} />}>
        {(list) =>
          list.length === 0 ? (
            <Note icon={Radio} title="Nothing happened yet">
              Connect Slack, or record an event through the API. It appears here the moment it
              arrives.
            </Note>
          ) : (
            <>
              <ul className="divide-y divide-line">
                {list.map((event) => (
                  <EventRow
                    key={event.id}
                    row={rowOf(event)}
                    event={event}
                    now={now}
                    fresh={isNew(event)}
                  />
                ))}
              </ul>
              {query.hasNextPage && (
                <div className="mt-4 flex justify-center">
                  <button
                    type="button"
                    className="button button-secondary"
                    disabled={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {query.isFetchingNextPage ? 'Loading' : 'Show older'}
                  </button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </>
  );
}

/** The ids that arrived after the list was first shown; announces how many when they pause. */
function useArrived(events: readonly ShownEvent[] | undefined): ReadonlySet<string> {
  const newest = useRef<string | null>(null);
  const arrived = useRef(new Set<string>());
  const first = events?.[0]?.id ?? null;
  if (events && newest.current !== null && first !== newest.current) {
    // Without the one that was newest, all are newer: the list was empty, or a whole page came in.
    const upTo = events.findIndex(({ id }) => id === newest.current);
    for (const { id } of events.slice(0, upTo < 0 ? undefined : upTo)) arrived.current.add(id);
  }
  if (events) newest.current = first ?? '';
  const count = useDebounced(arrived.current.size, 1_000);
  const said = useRef(0);
  useEffect(() => {
    const more = count - said.current;
    said.current = count;
    if (more > 0) announce(more === 1 ? 'One new event' : `${more} new events`);
  }, [count]);
  return arrived.current;
}

type RowProps = {
  /** Its id in addresses. */
  row: string;
  event: ShownEvent;
  now: number;
  fresh: boolean;
};

function EventRow({ row, event, now, fresh }: RowProps) {
  const { payload } = event;
  return (
    <li
      data-row={row}
      className={`${FOUND_ROW} ${fresh ? '[animation:rise_var(--slow)_var(--ease-out)]' : ''}`}
    >
      <details className="group">
        <summary className="-mx-2 flex min-h-[60px] list-none items-center gap-3 rounded-control px-2 py-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
          <ChevronRight
            size={16}
            aria-hidden="true"
            className="flex-none text-muted transition-transform duration-120 group-open:rotate-90"
          />
          <span className="min-w-0 flex-1">
            <span className="flex items-center gap-2">
              <span className="truncate font-mono text-sm font-medium group-open:whitespace-normal group-open:[overflow-wrap:anywhere]">
                {event.type}
              </span>
              {fresh && (
                <span className="rounded-full bg-accent-soft px-2 text-xs text-accent">new</span>
              )}
            </span>
            <span className="block truncate text-sm text-muted">{event.gist}</span>
          </span>
          <span className="flex-none text-sm text-muted">
            <Time at={event.created_at} now={now} />
          </span>
        </summary>
        <div className="relative mb-3 ml-7">
          <div className="absolute top-1 right-1">
            <CopyButton text={payload} what="Payload" />
          </div>
          <Scroll label="Payload" className="max-h-80 rounded-control bg-sunken p-3 pr-12">
            <pre className="font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
              {payload}
            </pre>
          </Scroll>
          <p className="mt-1.5 font-mono text-xs text-muted [overflow-wrap:anywhere]">
            {event.id}
            {event.external_id && ` · ${event.external_id}`}
          </p>
        </div>
      </details>
    </li>
  );
}

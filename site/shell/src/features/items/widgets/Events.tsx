/** The newest events of the organization. They appear the moment they arrive. */
import { Activity } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useDebounced, useNow } from '@/shared/lib/hooks';
import { useNetwork } from '@/shared/lib/online';
import { usePlace } from '@/shared/lib/place';
import { useConnection } from '@/shared/realtime/store';
import { type Recent, useRecentEvents } from './events';
import { Age, Heading, Line, Saying, Waiting } from './parts';
import { type BodyProps, useFitting } from './view';

/** Px of a row. */
const ROW = 44;

export function Events({ item, size, tabIndex }: BodyProps) {
  const { organization } = usePlace();
  const recent = useRecentEvents(organization.id);
  const { data: events, error } = recent;
  const now = useNow();
  const [box, fitting] = useFitting<HTMLDivElement>(ROW);
  const fresh = useFresh(events?.[0]?.id);
  const [first] = events ?? [];
  if (size === 'icon' || size === 'row') {
    return (
      <Line item={item} size={size}>
        {first ? (
          <>
            {first.gist} · <Age at={first.created_at} now={now} />
          </>
        ) : events ? (
          'Nothing happened yet'
        ) : error ? (
          'Could not be loaded'
        ) : (
          'Loading'
        )}
      </Line>
    );
  }
  return (
    <>
      {size !== 'window' && (
        <Heading item={item}>{events && events.length > 0 && <Live fresh={fresh} />}</Heading>
      )}
      <div ref={box} className="widget-main">
        {!events ? (
          <Waiting query={recent} tabIndex={tabIndex} />
        ) : events.length === 0 ? (
          <Saying icon={Activity} title="Nothing happened yet">
            {size === 'card'
              ? 'Events show here live.'
              : 'Events of this organization show here live.'}
          </Saying>
        ) : (
          <ul className="widget-rows">
            {events.slice(0, size === 'window' ? undefined : fitting).map((event) => (
              <Row key={event.id} event={event} now={now} isFresh={event.id === fresh} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

/** A dot that says that new ones appear by themselves; nothing while they do not. */
function Live({ fresh }: { fresh: string | null }) {
  const connected = useConnection(({ state }) => state === 'live');
  const { online } = useNetwork();
  // A short interruption is not worth a change.
  const live = useDebounced(connected && online, 800);
  if (!live) return null;
  return (
    <span key={fresh} className="widget-live" data-fresh={fresh ? '' : undefined}>
      Live
    </span>
  );
}

function Row({ event, now, isFresh }: { event: Recent; now: number; isFresh: boolean }) {
  return (
    <li className="widget-row" data-fresh={isFresh ? '' : undefined}>
      <span className="widget-words">
        <span dir="auto" className="widget-first">
          {event.gist}
        </span>
        <span className="widget-second">
          {event.type}
          {event.where && ` · ${event.where}`}
        </span>
      </span>
      <Age at={event.created_at} now={now} />
    </li>
  );
}

/** Milliseconds for which an event that just arrived is set off. */
const FRESH_FOR = 8_000;

/** The newest one, for a while after it took the place of another. */
function useFresh(newest: string | undefined): string | null {
  const before = useRef(newest);
  const [fresh, setFresh] = useState<string | null>(null);
  useEffect(() => {
    const known = before.current;
    before.current = newest ?? known;
    if (!newest || !known || newest === known) return;
    setFresh(newest);
    const timer = setTimeout(() => setFresh(null), FRESH_FOR);
    return () => clearTimeout(timer);
  }, [newest]);
  return fresh;
}

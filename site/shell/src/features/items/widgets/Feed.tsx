/** The newest entries of a feed. */
import { ExternalLink, Newspaper } from 'lucide-react';
import type { MouseEvent } from 'react';
import { openLink } from '@/features/items/links';
import { useNow } from '@/shared/lib/hooks';
import { usePlace } from '@/shared/lib/place';
import { ago } from '@/shared/lib/time';
import { hostOf, webUrl } from '@/shared/lib/url';
import { type FeedEntry, type ShownFeed, useFeed } from './feed';
import { Age, Heading, Line, Saying, Waiting } from './parts';
import { type BodyProps, useFitting } from './view';

/** Px of a row. */
const ROW = 48;

export function Feed(props: BodyProps) {
  const { item, size, tabIndex } = props;
  const { organization } = usePlace();
  const query = useFeed(organization.id, item);
  const now = useNow();
  const [box, fitting] = useFitting<HTMLDivElement>(ROW);
  // The first fetch is running: it is not known yet whether there are entries.
  const feed = query.data?.state === 'pending' ? undefined : query.data;
  const [first] = feed?.entries ?? [];
  if (size === 'icon' || size === 'row') {
    return (
      <Line
        item={item}
        size={size}
        tone={feed?.state === 'failed' ? 'bad' : undefined}
        brief={feed?.state === 'failed' ? 'Not readable' : undefined}
      >
        {first ? (
          <>
            {first.title}
            {first.published_at && (
              <>
                {' · '}
                <Age at={first.published_at} now={now} />
              </>
            )}
          </>
        ) : feed ? (
          feed.state === 'failed' ? (
            'The feed could not be read'
          ) : (
            'No entries yet'
          )
        ) : query.error ? (
          'Could not be loaded'
        ) : (
          'Loading'
        )}
      </Line>
    );
  }
  const retry = () => void query.refetch();
  return (
    <>
      {size === 'window' ? (
        <About feed={feed} url={item.url} now={now} />
      ) : (
        <Heading item={item}>
          {feed?.state === 'stale' && feed.fetched_at && (
            <span className="widget-note" title={feed.reason ?? undefined}>
              As of {ago(feed.fetched_at, now)}
            </span>
          )}
        </Heading>
      )}
      <div ref={box} className="widget-main">
        {!feed ? (
          <Waiting query={query} tabIndex={tabIndex} />
        ) : feed.state === 'failed' ? (
          <Saying
            icon={Newspaper}
            title="The feed could not be read"
            action={
              <button type="button" tabIndex={tabIndex} className="widget-button" onClick={retry}>
                Try again
              </button>
            }
          >
            {feed.reason}
          </Saying>
        ) : feed.entries.length === 0 ? (
          <Saying icon={Newspaper} title="No entries yet" />
        ) : (
          <ul className="widget-rows">
            {feed.entries.slice(0, size === 'window' ? undefined : fitting).map((entry) => (
              <Entry key={entry.url + entry.title} entry={entry} now={now} tabIndex={tabIndex} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

type EntryProps = { entry: FeedEntry; now: number; tabIndex: 0 | -1 };

/** A link that opens in a window, or with the usual keys in a tab. */
function Entry({ entry, now, tabIndex }: EntryProps) {
  const url = webUrl(entry.url);
  if (!url) return null;
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openLink(url);
  };
  return (
    <li>
      <a
        href={url.href}
        target="_blank"
        rel="noopener noreferrer"
        tabIndex={tabIndex}
        draggable={false}
        className="widget-row feed-entry"
        onClick={open}
      >
        <span dir="auto" className="widget-first">
          {entry.title || hostOf(entry.url)}
        </span>
        {entry.published_at && <Age at={entry.published_at} now={now} />}
      </a>
    </li>
  );
}

/** In a window: where the entries come from, and how old they are. */
function About({
  feed,
  url,
  now,
}: {
  feed: ShownFeed | undefined;
  url: string | null;
  now: number;
}) {
  const site = webUrl(feed?.site_url ?? url);
  return (
    <p className="feed-about">
      {site && (
        <a href={site.href} target="_blank" rel="noopener noreferrer">
          {feed?.title || hostOf(site.href)}
          <ExternalLink size={13} aria-hidden="true" />
        </a>
      )}
      {feed?.fetched_at && <span>As of {ago(feed.fetched_at, now)}</span>}
      {feed?.state === 'stale' && <span className="text-danger">{feed.reason}</span>}
    </p>
  );
}

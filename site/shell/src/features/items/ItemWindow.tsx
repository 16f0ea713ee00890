/** The window of an item: its page in a sandbox, its text, or a card that opens it in a tab. */

import type { Item } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Activity, ExternalLink, Pencil, RotateCw, SearchX } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Reasons } from '@/shared/address/Reasons';
import { itemsQuery } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { hostOf, sandboxFor, webUrl } from '@/shared/lib/url';
import { Face } from '@/shared/ui/Face';
import type { MenuEntry } from '@/shared/ui/menu';
import { Scroll } from '@/shared/ui/Scroll';
import { Loaded, Note } from '@/shared/ui/States';
import { dispatch, focusWindow, useIsSuspended } from '@/system/windows/store';
import { TITLE_BUTTON, WindowFrame } from '@/system/windows/WindowFrame';
import { editItem, openOutside } from './actions';
import { keepRunning, useKeepsRunning } from './running';
import { embeddedUrl, windowSize } from './windows';

const Markdown = lazy(() =>
  import('@/shared/ui/Markdown').then((module) => ({ default: module.Markdown })),
);

/** Milliseconds after which a page that has not loaded gets a note and a link to a new tab. */
const LOAD_TIMEOUT = 10_000;

type Props = { id: string; organization: string; space: string; item: string };

export default function ItemWindow({ id, organization, space, item: itemId }: Props) {
  const query = useQuery(itemsQuery(organization, space));
  const item = query.data?.find((one) => one.id === itemId);
  const [visit, setVisit] = useState(0);
  const keeps = useKeepsRunning(itemId);
  // A window that an address opened has no size of its own before its item is known.
  const { width, height } = item ? windowSize(item) : { width: 0, height: 0 };
  useEffect(() => {
    if (width > 0) dispatch({ type: 'size', id, size: { width, height } });
  }, [id, width, height]);
  if (!item) {
    return (
      <WindowFrame id={id} title="Item">
        <Loaded query={query} skeleton={<TextSkeleton />}>
          {() => (
            <Note icon={SearchX} title="This item is gone">
              It was deleted, or moved to another space.
            </Note>
          )}
        </Loaded>
      </WindowFrame>
    );
  }
  const url = webUrl(item.url);
  const framed = embeddedUrl(item);
  const menu: MenuEntry[] = [
    ...(url
      ? ([
          {
            kind: 'action',
            label: 'Reload',
            icon: RotateCw,
            run: () => setVisit((count) => count + 1),
          },
          {
            kind: 'action',
            label: 'Open in a new tab',
            icon: ExternalLink,
            run: () => openOutside(item),
          },
        ] as const)
      : []),
    ...(framed
      ? ([
          {
            kind: 'choice',
            label: 'Keep running while hidden',
            icon: Activity,
            chosen: keeps,
            run: () => keepRunning(item.id, !keeps),
          },
        ] as const)
      : []),
    {
      kind: 'action',
      label: 'Edit',
      icon: Pencil,
      run: () => editItem(item),
    },
  ];
  return (
    <WindowFrame
      id={id}
      title={item.title}
      picture={item.icon ?? null}
      eager={keeps}
      menu={menu}
      actions={url && <Outside item={item} />}
    >
      {item.kind === 'card' ? (
        <Text item={item} />
      ) : framed ? (
        <Embedded key={visit} windowId={id} item={item} url={framed} keep={keeps} />
      ) : (
        <Card item={item} reasons={item.reasons} />
      )}
    </WindowFrame>
  );
}

function Outside({ item }: { item: Item }) {
  return (
    <button
      type="button"
      className={TITLE_BUTTON}
      aria-label={`Open ${item.title} in a new tab`}
      onClick={() => openOutside(item)}
    >
      <ExternalLink size={15} aria-hidden="true" />
    </button>
  );
}

type EmbeddedProps = { windowId: string; item: Item; url: URL; keep: boolean };

/**
 * A browser does not report that a site refuses to be embedded. The preflight therefore runs again
 * while the page loads, and a refusal shows the card with its reasons instead of a white page.
 */
function Embedded({ windowId, item, url, keep }: EmbeddedProps) {
  const verdict = useQuery(preflightQuery(url.href));
  const refused = verdict.data?.embeddable === false ? verdict.data.reasons : null;
  const suspended = useIsSuspended(windowId, keep || refused !== null);
  if (refused) return <Card item={item} reasons={refused} refused />;
  // Browsers do not suspend hidden frames, so the page is unloaded.
  return suspended ? null : <Page windowId={windowId} item={item} url={url} />;
}

function Page({ windowId, item, url }: { windowId: string; item: Item; url: URL }) {
  const [state, setState] = useState<'loading' | 'late' | 'loaded'>('loading');
  useEffect(() => {
    if (state !== 'loading') return;
    const timer = setTimeout(() => setState('late'), LOAD_TIMEOUT);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div className="relative h-full bg-raised">
      {state === 'loading' && <PageSkeleton host={hostOf(url.href)} />}
      {state === 'late' && (
        <p
          role="status"
          className="flex items-center gap-3 border-b border-line bg-warn-soft px-4 py-2 text-sm"
        >
          <span className="flex-1">{hostOf(url.href)} is taking a long time to respond.</span>
          <button
            type="button"
            className="button button-secondary"
            onClick={() => openOutside(item)}
          >
            Open in a new tab
          </button>
        </p>
      )}
      <LeaveFrame id={windowId} />
      <iframe
        title={item.title}
        src={url.href}
        sandbox={sandboxFor(url, location.origin)}
        allow=""
        referrerPolicy="strict-origin-when-cross-origin"
        className={`size-full border-0 bg-[#fff] [color-scheme:normal] ${state === 'loaded' ? '' : 'opacity-0'}`}
        onLoad={() => setState('loaded')}
      />
      <LeaveFrame id={windowId} />
    </div>
  );
}

/**
 * The way out of an embedded page by keyboard. Keys that are pressed in a page of another origin
 * never reach this page, but Tab moves on to the elements beside the frame.
 */
const LeaveFrame = ({ id }: { id: string }) => (
  <button
    type="button"
    className="button button-secondary sr-only focus:not-sr-only focus:!absolute focus:right-2 focus:bottom-2 focus:z-1 focus:!px-3"
    onClick={() => focusWindow(id)}
  >
    Back to the window
  </button>
);

function PageSkeleton({ host }: { host: string }) {
  return (
    <div
      aria-busy="true"
      className="absolute inset-0 flex flex-col items-center justify-center gap-3 text-muted"
    >
      <span className="skeleton h-1 w-40 rounded-full" />
      <span className="text-sm">Opening {host}</span>
    </div>
  );
}

function TextSkeleton() {
  return (
    <div className="flex flex-col gap-3 p-6">
      {['w-2/5', 'w-full', 'w-11/12', 'w-3/5'].map((width) => (
        <span key={width} className={`skeleton h-4 ${width}`} />
      ))}
    </div>
  );
}

function Text({ item }: { item: Item }) {
  return (
    <Scroll label={item.title} className="h-full p-6 sm:px-8">
      {item.body.trim() === '' ? (
        <Note title="Nothing is written here yet">
          <button
            type="button"
            className="button button-secondary mt-3"
            onClick={() => editItem(item)}
          >
            Write something
          </button>
        </Note>
      ) : (
        <Suspense fallback={<TextSkeleton />}>
          <Markdown text={item.body} />
        </Suspense>
      )}
    </Scroll>
  );
}

function Card({
  item,
  reasons,
  refused = false,
}: {
  item: Item;
  reasons: readonly string[];
  refused?: boolean;
}) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-4 overflow-y-auto p-8 text-center">
      <Face name={item.title} picture={item.icon} size="72px" />
      <div>
        <h3 dir="auto" className="text-xl">
          {item.title}
        </h3>
        <p className="mt-0.5 text-sm text-muted">{item.url && hostOf(item.url)}</p>
      </div>
      {item.description && (
        <p dir="auto" className="max-w-[52ch] text-muted">
          {item.description}
        </p>
      )}
      {item.tags.length > 0 && <p className="text-sm text-muted">{item.tags.join(' · ')}</p>}
      <button type="button" className="button button-primary" onClick={() => openOutside(item)}>
        <ExternalLink size={16} aria-hidden="true" /> Open in a new tab
      </button>
      <div className="max-w-[52ch] empty:hidden">
        <Reasons
          reasons={reasons}
          label={refused ? 'Why it is not shown here' : 'Why it is a card'}
        />
      </div>
    </div>
  );
}

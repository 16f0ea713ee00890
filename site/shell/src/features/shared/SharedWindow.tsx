/** The window of a space that is shared with the person: its page, and its items to change. */

import type { SharedSpace } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { AppWindow, ExternalLink, List, Unlink } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { queryClient } from '@/shared/data/client';
import { typedInto } from '@/shared/data/draft';
import { draftKey, LABELS } from '@/shared/data/item-draft';
import { itemsQuery } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import { ASK_EVERY, forgetItems, mayChange, sharedAs, sharedQuery } from '@/shared/data/shared';
import { openTab } from '@/shared/lib/tab';
import { Choice } from '@/shared/ui/Choice';
import { Face } from '@/shared/ui/Face';
import { Panel } from '@/shared/ui/Panel';
import { Scroll } from '@/shared/ui/Scroll';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { TypedTexts } from '@/shared/ui/Typed';
import { focusWindow } from '@/system/windows/store';
import { TITLE_BUTTON, WindowFrame } from '@/system/windows/WindowFrame';
import { GuestItems } from './GuestItems';
import { itemsVerb, levelWords } from './level';
import { useSharedActions } from './useSharedActions';
import { pageOf, setView, spaceOf, titleOf, useView } from './windows';

export default function SharedWindow({ id }: { id: string }) {
  const space = spaceOf(id);
  return space ? <Window key={space} id={id} space={space} /> : null;
}

function Window({ id, space }: { id: string; space: string }) {
  const query = useQuery({ ...sharedQuery, refetchInterval: ASK_EVERY });
  const now = sharedAs(query.data, space);
  const [last, setLast] = useState(now);
  if (now && now !== last) setLast(now);
  const title = last ? titleOf(last) : 'Shared with me';
  useFreshItems(space, query.dataUpdatedAt);
  const seen = useSeenItems(space);
  useSharedActions(id, now);
  return (
    <WindowFrame
      id={id}
      title={title}
      icon={last && <Face name={last.organization.name} size="20px" round />}
      actions={
        now && (
          <button
            type="button"
            className={TITLE_BUTTON}
            aria-label={`Open ${title} in a new tab`}
            onClick={() => openTab(pageOf(now))}
          >
            <ExternalLink size={15} aria-hidden="true" />
          </button>
        )
      }
    >
      <Loaded
        query={query}
        skeleton={
          <Panel>
            <RowsSkeleton rows={3} />
          </Panel>
        }
      >
        {() =>
          now ? (
            <Body id={id} shared={now} title={title} />
          ) : (
            <Ended space={space} last={last} seen={seen} />
          )
        }
      </Loaded>
    </WindowFrame>
  );
}

/** The items are asked for again whenever it is known again what is shared. */
function useFreshItems(space: string, askedAt: number): void {
  const first = useRef(askedAt);
  useEffect(() => {
    if (askedAt !== first.current)
      void queryClient.invalidateQueries({ queryKey: keys.items(space) });
  }, [space, askedAt]);
}

type Titles = ReadonlyMap<string, string>;

/** The titles of all items that were in the list while the window is open, by id. */
function useSeenItems(space: string): Titles {
  const { data: items } = useQuery({ ...itemsQuery('', space), enabled: false });
  const seen = useRef(new Map<string, string>());
  for (const { id, title } of items ?? []) seen.current.set(id, title);
  return seen.current;
}

type BodyProps = { id: string; shared: SharedSpace; title: string };

function Body({ id, shared, title }: BodyProps) {
  const wanted = useView(shared.space_id);
  const hasItems = mayChange(shared);
  const view = hasItems ? wanted : 'page';
  return (
    <div className="flex h-full flex-col">
      {hasItems && (
        <div className="flex flex-none flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2">
          <Choice
            label={`What to show of ${title}`}
            quiet
            value={view}
            options={[
              { value: 'page', label: 'Page', icon: <AppWindow size={16} aria-hidden="true" /> },
              {
                value: 'items',
                label: itemsVerb(shared),
                icon: <List size={16} aria-hidden="true" />,
              },
            ]}
            onChange={(next) => setView(shared.space_id, next)}
          />
          <p className="text-sm text-muted">{levelWords(shared)}</p>
        </div>
      )}
      <div className="min-h-0 flex-1">
        {view === 'items' ? (
          <GuestItems shared={shared} />
        ) : (
          <Page windowId={id} url={pageOf(shared)} title={title} />
        )}
      </div>
    </div>
  );
}

/**
 * The public page as the person sees it. It is of our own origin and has its session, so no script runs
 * in it; links lead to new tabs.
 */
function Page({ windowId, url, title }: { windowId: string; url: URL; title: string }) {
  const [loaded, setLoaded] = useState(false);
  return (
    <div className="relative h-full bg-raised">
      {!loaded && (
        <div
          aria-busy="true"
          className="absolute inset-0 flex flex-col items-center justify-center gap-3 text-muted"
        >
          <span className="skeleton h-1 w-40 rounded-full" />
          <span dir="auto" className="text-sm">
            Opening {title}
          </span>
        </div>
      )}
      <iframe
        title={title}
        src={url.href}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        className={`size-full border-0 [color-scheme:normal] ${loaded ? '' : 'opacity-0'}`}
        onLoad={({ currentTarget }) => {
          const links = currentTarget.contentDocument?.querySelectorAll('a[href]') ?? [];
          for (const link of links) link.setAttribute('target', '_blank');
          setLoaded(true);
        }}
      />
      {/* Keys that are pressed in the page do not reach this one; Tab leads here. */}
      <button
        type="button"
        className="button button-secondary sr-only focus:not-sr-only focus:!absolute focus:right-2 focus:bottom-2 focus:z-1 focus:!px-3"
        onClick={() => focusWindow(windowId)}
      >
        Back to the window
      </button>
    </div>
  );
}

type EndedProps = { space: string; last: SharedSpace | undefined; seen: Titles };

/** The owner ended it while the window was open, or before. What was typed is not lost. */
function Ended({ space, last, seen }: EndedProps) {
  const [typed] = useState(() => textsIn(seen));
  useEffect(() => forgetItems(space), [space]);
  const who = last?.organization.name ?? 'The owner';
  return (
    <Scroll label="Content" className="h-full">
      <div role="status">
        <Note icon={Unlink} title="This is no longer shared with you">
          <p>
            <bdi>{who}</bdi> ended it, or the link that you kept has ended. Ask them for it if you
            still need it.
          </p>
        </Note>
      </div>
      {typed.map(({ id, title, texts }) => (
        <section key={id} aria-label={title} className="mx-auto max-w-[520px] px-5 pb-5">
          <h3 className="mb-2 text-base">
            What you typed into “<bdi>{title}</bdi>”
          </h3>
          <TypedTexts texts={texts} labels={LABELS} />
        </section>
      ))}
    </Scroll>
  );
}

/** What the person typed into these items and did not save. */
const textsIn = (items: Titles) =>
  [...items].flatMap(([id, title]) => {
    const texts = typedInto(draftKey(id));
    return Object.keys(texts).length > 0 ? [{ id, title, texts }] : [];
  });

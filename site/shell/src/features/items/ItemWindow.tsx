/** The window of an item: its page in a sandbox, its text, or a card that opens it in a tab. */

import type { Item } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Activity, ExternalLink, Pencil, SearchX } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { actionById, isPossible, menuEntry, runChoice } from '@/shared/actions/registry';
import { Reasons } from '@/shared/address/Reasons';
import { iconUrl } from '@/shared/data/icon';
import { itemsQuery } from '@/shared/data/items';
import { usePlace } from '@/shared/lib/place';
import { hostOf, webUrl } from '@/shared/lib/url';
import { Face } from '@/shared/ui/Face';
import type { MenuEntry } from '@/shared/ui/menu';
import { Scroll } from '@/shared/ui/Scroll';
import { Loaded, Note } from '@/shared/ui/States';
import { dispatch } from '@/system/windows/store';
import { TITLE_BUTTON, WindowFrame } from '@/system/windows/WindowFrame';
import { editItem, openOutside } from './actions';
import { Frame } from './Frame';
import { frameMenu } from './frameMenu';
import { keepRunning, useKeepsRunning } from './running';
import { embeddedUrl, windowSize } from './windows';

const Markdown = lazy(() =>
  import('@/shared/ui/Markdown').then((module) => ({ default: module.Markdown })),
);

const WidgetBody = lazy(() => import('./widgets/WidgetWindow'));

type Props = { id: string; organization: string; space: string; item: string };

export default function ItemWindow({ id, organization, space, item: itemId }: Props) {
  const query = useQuery(itemsQuery(organization, space));
  const item = query.data?.find((one) => one.id === itemId);
  const { space: shown } = usePlace();
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
  const share = actionById('item.share');
  const isShown = item.space_id === shown?.id;
  const menu: MenuEntry[] = [
    ...(framed
      ? frameMenu({
          windowId: id,
          url: framed,
          reasons: item.reasons,
          reload: () => setVisit((count) => count + 1),
        })
      : []),
    ...(url
      ? ([
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
    ...(share && isPossible(share) && isShown
      ? [menuEntry(share.id, { label: 'Share…', run: () => runChoice(share.id, item.id) })]
      : []),
  ];
  return (
    <WindowFrame
      id={id}
      title={item.title}
      picture={iconUrl(item)}
      eager={keeps}
      color={item.color}
      group={url ? hostOf(url.href) : 'Cards'}
      menu={menu}
      actions={url && <Outside item={item} />}
    >
      {item.kind === 'widget' ? (
        <Suspense fallback={<TextSkeleton />}>
          <WidgetBody item={item} />
        </Suspense>
      ) : item.kind === 'card' ? (
        <Text item={item} />
      ) : framed ? (
        <Frame
          key={visit}
          windowId={id}
          title={item.title}
          url={framed}
          keep={keeps}
          onKeep={() => keepRunning(item.id, true)}
          blocked={(reasons, checkAgain) => (
            <Card item={item} reasons={reasons} checkAgain={checkAgain} />
          )}
        />
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

type CardProps = {
  item: Item;
  reasons: readonly string[];
  /** Present when the site's last answer is the reason, and not a choice. */
  checkAgain?: ReactNode;
};

function Card({ item, reasons, checkAgain }: CardProps) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-4 overflow-y-auto p-8 text-center">
      <Face name={item.title} picture={iconUrl(item)} color={item.color} size="72px" />
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
      <div className="flex flex-wrap justify-center gap-2">
        <button type="button" className="button button-primary" onClick={() => openOutside(item)}>
          <ExternalLink size={16} aria-hidden="true" /> Open in a new tab
        </button>
        {checkAgain}
      </div>
      <div className="max-w-[52ch] empty:hidden">
        <Reasons
          reasons={reasons}
          label={checkAgain ? 'Why it is not shown here' : 'Why it is a card'}
        />
      </div>
    </div>
  );
}

/** What a space shows to whom, item by item: warnings first, then the widest audience. */

import type { Space, Viewing } from '@prox/api-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  Building2,
  Globe,
  Link2,
  Link2Off,
  Lock,
  type LucideIcon,
  Pencil,
  ShieldCheck,
  Users,
  X,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { runAction } from '@/shared/actions/registry';
import {
  exposureQuery,
  refetchExposure,
  useDeleteShareLink,
  useItemVisibility,
} from '@/shared/data/sharing';
import { usePlace } from '@/shared/lib/place';
import { Warnings } from '@/shared/publish/Warnings';
import { PanelSection } from '@/shared/ui/Panel';
import { Loaded, RowsSkeleton } from '@/shared/ui/States';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { timeline, undoChange } from '@/shared/undo/timeline';
import { openDialog } from '@/system/dialogs';
import { type Audience, audienceWords, linkName, principalName } from './audience';
import { useEndGrant } from './ending';
import { type Exposed, reportOf } from './report';
import { type SharingState, useSharing } from './useSharing';

/** How many items are fetched without asking. */
const AT_ONCE = 1_000;

type Props = { space: Space; onItem: (item: string) => void };

export function Report({ space, onItem }: Props) {
  const sharing = useSharing(space);
  const state = sharing.data;
  const query = useInfiniteQuery(exposureQuery(space));
  useRefetch(space, state);
  const { data, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const count = data?.pages.reduce((sum, { items }) => sum + items.length, 0) ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError && count < AT_ONCE)
      void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, count, fetchNextPage]);
  return (
    <>
      <h2 dir="auto" className="mt-5 text-xl text-balance [overflow-wrap:anywhere]">
        What {space.title} shows to whom
      </h2>
      <Loaded query={query} skeleton={<RowsSkeleton rows={5} />}>
        {({ pages }) => (
          <Loaded query={sharing} skeleton={<RowsSkeleton rows={5} />}>
            {(loaded) => (
              <>
                <Listed space={space} report={reportOf(pages)} state={loaded} onItem={onItem} />
                {hasNextPage && (
                  <div className="mt-4 flex flex-wrap items-center gap-3">
                    <button
                      type="button"
                      className="button button-secondary"
                      disabled={isFetching}
                      onClick={() => void fetchNextPage()}
                    >
                      {isFetching ? 'Loading' : 'Show more'}
                    </button>
                    <p className="text-sm text-muted">
                      The first {count.toLocaleString()} items are listed.
                    </p>
                  </div>
                )}
              </>
            )}
          </Loaded>
        )}
      </Loaded>
    </>
  );
}

/** Fetches the report again when the page, one of its items or a link changed. */
function useRefetch({ id, version }: Space, state: SharingState | undefined): void {
  const links = state?.links;
  const before = useRef({ version, links });
  useEffect(() => {
    const { current } = before;
    before.current = { version, links };
    const isNews = current.links !== undefined && current.links !== links;
    if (isNews || current.version !== version) refetchExposure(id);
  }, [id, version, links]);
}

type ListedProps = {
  space: Space;
  report: ReturnType<typeof reportOf>;
  state: SharingState;
  onItem: (item: string) => void;
};

function Listed({ space, report, state, onItem }: ListedProps) {
  const { organization } = usePlace();
  const { audience, warnings, items } = report;
  const warned = items.filter((item) => item.warnings.length > 0);
  const others = items.filter((item) => item.warnings.length === 0);
  const row = (item: Exposed) => (
    <ItemRow key={item.id} space={space} item={item} state={state} onItem={onItem} />
  );
  return (
    <>
      <p className="mt-1 text-muted" role="status">
        {warned.length + warnings.length === 0
          ? 'Nothing looks like a secret, an internal hostname or a private address.'
          : 'Some texts deserve a second look. They come first.'}
      </p>
      {(warned.length > 0 || warnings.length > 0) && (
        <PanelSection title="Look at these first">
          <ul className="divide-y divide-line" aria-label="Look at these first">
            {warnings.length > 0 && (
              <li className="py-3">
                <Head title={space.title} audience={audience} organization={organization.name} />
                <Warnings warnings={warnings} />
                <div className="mt-2 flex flex-wrap gap-1.5">
                  <Fix icon={Pencil} onClick={() => openDialog('edit-space')}>
                    Edit the page’s words
                  </Fix>
                </div>
              </li>
            )}
            {warned.map(row)}
          </ul>
        </PanelSection>
      )}
      <PanelSection title="The page">
        <div className="py-1">
          <Head title={space.title} audience={audience} organization={organization.name} />
          <Fixes space={space} of={null} viewings={report.ofSpace} state={state}>
            {space.visibility !== 'private' && (
              <Fix icon={Lock} onClick={() => runAction('space.publish')}>
                Change who sees the page
              </Fix>
            )}
          </Fixes>
        </div>
      </PanelSection>
      {others.length > 0 && (
        <PanelSection title={warned.length > 0 ? 'Everything else' : 'Items'}>
          <ul className="divide-y divide-line" aria-label="Items, the widest audience first">
            {others.map(row)}
          </ul>
        </PanelSection>
      )}
    </>
  );
}

function iconOf({ everybody, viewings }: Audience): LucideIcon {
  if (everybody) return Globe;
  const has = (type: Viewing['principal']['type']) =>
    viewings.some(({ principal }) => principal.type === type);
  return has('link') ? Link2 : has('organization') ? Building2 : has('user') ? Users : ShieldCheck;
}

type HeadProps = { title: string; audience: Audience; organization: string };

function Head({ title, audience, organization }: HeadProps) {
  const Icon = iconOf(audience);
  return (
    <div className="flex items-start gap-3">
      <Icon
        size={16}
        aria-hidden="true"
        className={`mt-[3px] flex-none ${audience.everybody ? 'text-warn' : 'text-muted'}`}
      />
      <div className="min-w-0">
        <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
          {title}
        </p>
        <p className="text-sm text-muted">{audienceWords(audience, organization)}</p>
      </div>
    </div>
  );
}

type FixProps = {
  icon: LucideIcon;
  /** Its name with what it is about. */
  label?: string;
  onClick: () => void;
  children: ReactNode;
};

function Fix({ icon: Icon, label, onClick, children }: FixProps) {
  return (
    <button
      type="button"
      className="button button-quiet !px-2 text-sm text-muted hover:text-text"
      aria-label={label}
      onClick={onClick}
    >
      <Icon size={14} aria-hidden="true" />
      {children}
    </button>
  );
}

type ItemRowProps = {
  space: Space;
  item: Exposed;
  state: SharingState;
  onItem: (item: string) => void;
};

function ItemRow({ space, item, state, onItem }: ItemRowProps) {
  const { organization } = usePlace();
  const set = useItemVisibility(space);
  const makePrivate = () =>
    set.mutate(
      { item, to: 'private' },
      {
        onError: toastProblem,
        onSuccess: () => {
          const change = timeline.last([space.id])?.change;
          const undo = change && { label: 'Undo', run: () => undoChange(change), change };
          toast('info', `${item.title} is private.`, undo);
        },
      },
    );
  return (
    <li className="py-3">
      <Head title={item.title} audience={item.audience} organization={organization.name} />
      {item.warnings.length > 0 && <Warnings warnings={item.warnings} />}
      <Fixes space={space} of={item.id} viewings={item.own} state={state}>
        {item.visibility !== 'private' && (
          <Fix icon={Lock} label={`Make private: ${item.title}`} onClick={makePrivate}>
            Make private
          </Fix>
        )}
        {item.warnings.length > 0 && (
          <Fix
            icon={Pencil}
            label={`Edit ${item.title}`}
            onClick={() => openDialog('edit-item', { space: space.id, item: item.id })}
          >
            Edit
          </Fix>
        )}
        <Fix icon={Users} label={`Share ${item.title}`} onClick={() => onItem(item.id)}>
          Share
        </Fix>
      </Fixes>
    </li>
  );
}

type FixesProps = {
  space: Space;
  /** The id of the item; null for the space. */
  of: string | null;
  viewings: readonly Viewing[];
  state: SharingState;
  children: ReactNode;
};

/** One button for each grant and each link of the item's own, and what else can be done. */
function Fixes({ space, of, viewings, state, children }: FixesProps) {
  const endGrant = useEndGrant(space);
  const endLink = useDeleteShareLink(space);
  return (
    <div className="mt-1 ml-5 flex flex-wrap gap-x-1">
      {children}
      {viewings.map(({ grant_id, share_link_id, principal, level }) => {
        if (grant_id) {
          const grant = state.grants.find(({ id }) => id === grant_id);
          return (
            <Fix
              key={grant_id}
              icon={X}
              onClick={() =>
                endGrant({
                  id: grant_id,
                  principal,
                  level,
                  item_id: of,
                  via_link: grant?.via_link ?? null,
                })
              }
            >
              End access of {principalName(principal)}
            </Fix>
          );
        }
        if (!share_link_id) return null;
        const name = linkName(principal.name);
        return (
          <Fix
            key={share_link_id}
            icon={Link2Off}
            onClick={() =>
              void endLink
                .mutateAsync(share_link_id)
                .then(() => toast('info', `The link “${name}” ended.`), toastProblem)
            }
          >
            End the link “{name}”
          </Fix>
        );
      })}
    </div>
  );
}

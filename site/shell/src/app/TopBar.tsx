/** The top bar: space, visibility, the button to add something, and the menu of the person. */

import type { Organization, Space } from '@prox/api-client';
import { ChevronsUpDown, Command, Plus, Search } from 'lucide-react';
import { lazy } from 'react';
import { useLocation } from 'wouter';
import { VISIBILITIES } from '@/features/spaces/visibility';
import { ariaKeysOf, menuEntry, runAction, useHint } from '@/shared/actions/registry';
import { HOME } from '@/shared/data/spaces';
import { useCompact, usePainted } from '@/shared/lib/hooks';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { spacePath } from '@/shared/lib/paths';
import { Optional } from '@/shared/ui/Boundary';
import { Face } from '@/shared/ui/Face';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { DesktopSwitcher } from '@/system/desktops/DesktopSwitcher';
import { openDialog } from '@/system/dialogs';
import { DIALOGS } from './dialogs';
import { PersonMenu } from './PersonMenu';

const NotificationsButton = lazy(() => import('./NotificationsButton'));

type Props = { organization: Organization; spaces: readonly Space[]; space: Space | null };

export function TopBar({ organization, spaces, space }: Props) {
  const Icon = space && VISIBILITIES[space.visibility].icon;
  const painted = usePainted();
  const compact = useCompact();
  return (
    <section
      data-region="top"
      tabIndex={-1}
      aria-label="Top bar"
      className="absolute top-0 right-(--rail) left-0 z-20 flex h-(--bar) items-center gap-0.5 pt-[env(safe-area-inset-top)] pr-[max(12px,env(safe-area-inset-right))] pl-[max(12px,env(safe-area-inset-left))] outline-none"
    >
      <SpaceButton organization={organization} spaces={spaces} space={space} />
      <span className="flex-1" />
      <SearchButton />
      {/* On a phone the dock has what follows, in the reach of a thumb. */}
      {!compact && <CommandButton />}
      {!compact && <DesktopSwitcher />}
      {!compact && space && Icon && (
        <>
          <button
            type="button"
            className="button button-quiet text-muted hover:text-text"
            aria-label={`${VISIBILITIES[space.visibility].label}. Change who sees this page`}
            {...preloadOnIntent(DIALOGS.publish.preload)}
            onClick={() => openDialog('publish')}
          >
            <Icon size={16} aria-hidden="true" />
            {VISIBILITIES[space.visibility].label}
          </button>
          <button
            type="button"
            className="button button-primary ml-1.5"
            {...preloadOnIntent(DIALOGS['add-item'].preload)}
            onClick={() => openDialog('add-item', {})}
          >
            <Plus size={18} aria-hidden="true" />
            Add
          </button>
        </>
      )}
      {!compact && painted && (
        <Optional>
          <NotificationsButton />
        </Optional>
      )}
      <PersonMenu organization={organization} />
    </section>
  );
}

/** Looks like a field where there is room, since it leads to one. */
function SearchButton() {
  const hint = useHint('search.open');
  return (
    <button
      type="button"
      className="button button-quiet text-muted hover:text-text max-md:w-[44px] max-md:!p-0 phone:min-h-[44px] md:mr-1 md:justify-start md:bg-hover lg:min-w-52"
      data-search=""
      aria-keyshortcuts={ariaKeysOf('search.open')}
      {...preloadOnIntent(DIALOGS.search.preload)}
      onClick={() => runAction('search.open')}
    >
      <Search size={16} aria-hidden="true" />
      <span className="max-md:sr-only md:flex-1 md:text-start md:font-normal">Search</span>
      <span className="text-xs font-normal max-lg:hidden pointer-coarse:hidden">{hint}</span>
    </button>
  );
}

function CommandButton() {
  const hint = useHint('palette.open');
  return (
    <button
      type="button"
      className="button button-quiet text-muted hover:text-text"
      aria-keyshortcuts={ariaKeysOf('palette.open')}
      {...preloadOnIntent(DIALOGS.palette.preload)}
      onClick={() => runAction('palette.open')}
    >
      <Command size={16} aria-hidden="true" />
      <span className="sr-only">Find a command</span>
      <span className="max-lg:hidden pointer-coarse:hidden">{hint}</span>
    </button>
  );
}

function SpaceButton({ organization, spaces, space }: Props) {
  const [, navigate] = useLocation();
  const sorted = spaces.toSorted((a, b) => Number(b.slug === HOME) - Number(a.slug === HOME));
  const entries = (): MenuEntry[] => [
    { kind: 'heading', label: `Spaces of ${organization.name}` },
    ...sorted.map(
      ({ id, slug, title, visibility }): MenuEntry => ({
        kind: 'choice',
        label: title,
        detail: VISIBILITIES[visibility].label.toLowerCase(),
        chosen: id === space?.id,
        // The history entry of the open menu becomes that page's.
        run: () =>
          id !== space?.id && navigate(spacePath(organization.slug, slug), { replace: true }),
      }),
    ),
    { kind: 'line' },
    menuEntry('space.new'),
  ];
  const name = space ? (space.slug === HOME ? 'Home' : space.title) : 'Choose a space';
  return (
    <button
      type="button"
      className="button button-quiet min-w-0 !px-2 phone:min-h-[44px]"
      aria-haspopup="menu"
      {...preloadOnIntent(preloadMenu)}
      onClick={(event) => openMenu('Spaces', event.currentTarget, entries())}
    >
      {/* The person's own face is at the other end already. */}
      {!organization.personal && <Face name={organization.name} size="24px" />}
      <span className="sr-only">Switch space,</span>
      <span className="max-w-44 shrink-[8] truncate font-normal text-muted max-sm:sr-only">
        {organization.name}
      </span>
      <span aria-hidden="true" className="text-faint max-sm:hidden">
        /
      </span>
      <span className="truncate">{name}</span>
      <ChevronsUpDown size={14} aria-hidden="true" className="flex-none text-faint" />
    </button>
  );
}

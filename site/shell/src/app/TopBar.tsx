/** The top bar: organization, space, visibility, and the button to add something. */

import type { Organization, Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { ChevronsUpDown, Command, Plus } from 'lucide-react';
import { useLocation } from 'wouter';
import { VISIBILITIES } from '@/features/spaces/visibility';
import { ariaKeysOf, menuEntry, runAction, useHint } from '@/shared/actions/registry';
import { organizationsQuery } from '@/shared/data/me';
import { HOME } from '@/shared/data/spaces';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { spacePath } from '@/shared/lib/paths';
import { usePlace } from '@/shared/lib/place';
import { Face } from '@/shared/ui/Face';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { DesktopSwitcher } from '@/system/desktops/DesktopSwitcher';
import { openDialog } from '@/system/dialogs';
import { DIALOGS } from './dialogs';

type Props = { organization: Organization; spaces: readonly Space[]; space: Space | null };

export function TopBar({ organization, spaces, space }: Props) {
  const Icon = space && VISIBILITIES[space.visibility].icon;
  return (
    <section
      data-region="top"
      tabIndex={-1}
      aria-label="Top bar"
      className="absolute inset-x-0 top-0 z-20 flex h-13 items-center gap-0.5 px-2 outline-none sm:px-3"
    >
      <OrganizationButton organization={organization} />
      <span aria-hidden="true" className="text-faint">
        /
      </span>
      <SpaceButton organization={organization} spaces={spaces} space={space} />
      <span className="flex-1" />
      <CommandButton />
      <DesktopSwitcher />
      {space && Icon && (
        <>
          <button
            type="button"
            className="button button-quiet text-muted hover:text-text"
            aria-label={`${VISIBILITIES[space.visibility].label}. Change who sees this page`}
            {...preloadOnIntent(DIALOGS.publish.preload)}
            onClick={() => openDialog('publish')}
          >
            <Icon size={16} aria-hidden="true" />
            <span className="max-sm:hidden">{VISIBILITIES[space.visibility].label}</span>
          </button>
          <button
            type="button"
            className="button button-primary ml-1.5 max-sm:w-10 max-sm:!p-0"
            {...preloadOnIntent(DIALOGS['add-item'].preload)}
            onClick={() => openDialog('add-item', {})}
          >
            <Plus size={18} aria-hidden="true" />
            <span className="max-sm:sr-only">Add</span>
          </button>
        </>
      )}
    </section>
  );
}

function CommandButton() {
  const hint = useHint('palette.open');
  return (
    <button
      type="button"
      className="button button-quiet text-muted hover:text-text max-sm:w-10 max-sm:!p-0"
      aria-label="Find a command"
      aria-keyshortcuts={ariaKeysOf('palette.open')}
      {...preloadOnIntent(DIALOGS.palette.preload)}
      onClick={() => runAction('palette.open')}
    >
      <Command size={16} aria-hidden="true" />
      <span className="max-md:hidden">{hint}</span>
    </button>
  );
}

/** Goes to another page. The history entry of the open menu becomes that page's. */
const leaveMenu = (navigate: ReturnType<typeof useLocation>[1], path: string) =>
  navigate(path, { replace: true });

const SWITCH = 'button button-quiet min-w-0 !px-2';

function OrganizationButton({ organization }: { organization: Organization }) {
  const { me } = usePlace();
  const [, navigate] = useLocation();
  const { data: organizations = [organization] } = useQuery(organizationsQuery);
  const entries = (): MenuEntry[] => [
    { kind: 'heading', label: me.email },
    ...organizations.map(
      ({ slug, name, personal, id }): MenuEntry => ({
        kind: 'choice',
        label: name,
        ...(personal ? { detail: 'personal' } : {}),
        chosen: id === organization.id,
        run: () => id !== organization.id && leaveMenu(navigate, spacePath(slug)),
      }),
    ),
    menuEntry('organization.new'),
    { kind: 'line' },
    menuEntry('app.settings', { label: 'Settings' }),
    menuEntry('account.sign-out'),
  ];
  return (
    <button
      type="button"
      className={`${SWITCH} flex-none`}
      aria-haspopup="menu"
      {...preloadOnIntent(preloadMenu)}
      onClick={(event) => openMenu('Organizations', event.currentTarget, entries())}
    >
      <Face
        name={organization.name}
        picture={organization.personal ? me.image : null}
        size="24px"
        round={organization.personal}
      />
      <span className="sr-only">Switch organization,</span>
      <span className="max-w-40 truncate max-sm:sr-only">{organization.name}</span>
      <ChevronsUpDown size={14} aria-hidden="true" className="flex-none text-faint" />
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
        run: () => id !== space?.id && leaveMenu(navigate, spacePath(organization.slug, slug)),
      }),
    ),
    { kind: 'line' },
    menuEntry('space.new'),
  ];
  const name = space ? (space.slug === HOME ? 'Home' : space.title) : 'Choose a space';
  return (
    <button
      type="button"
      className={SWITCH}
      aria-haspopup="menu"
      {...preloadOnIntent(preloadMenu)}
      onClick={(event) => openMenu('Spaces', event.currentTarget, entries())}
    >
      <span className="sr-only">Switch space,</span>
      <span className="truncate">{name}</span>
      <ChevronsUpDown size={14} aria-hidden="true" className="flex-none text-faint" />
    </button>
  );
}

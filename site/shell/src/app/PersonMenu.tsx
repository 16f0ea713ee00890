/** The button with the person's face, and its menu: organizations, look, settings, sign out. */

import type { Organization } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Palette } from 'lucide-react';
import { useLocation } from 'wouter';
import { menuEntry } from '@/shared/actions/registry';
import { organizationsQuery } from '@/shared/data/me';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { spacePath } from '@/shared/lib/paths';
import { usePlace } from '@/shared/lib/place';
import { MODES, setPreferences, usePreferences } from '@/shared/state/preferences';
import { Face } from '@/shared/ui/Face';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { MODE_NAMES } from './modes';

const look = (): MenuEntry => ({
  kind: 'submenu',
  label: 'Look',
  icon: Palette,
  entries: [
    ...MODES.map(
      (mode): MenuEntry => ({
        kind: 'choice',
        label: MODE_NAMES[mode],
        chosen: usePreferences.getState().mode === mode,
        run: () => setPreferences({ mode }),
      }),
    ),
    { kind: 'line' },
    menuEntry('app.settings', { label: 'Themes, accent, density' }),
  ],
});

export function PersonMenu({ organization }: { organization: Organization }) {
  const { me } = usePlace();
  const [, navigate] = useLocation();
  const { data: organizations = [organization] } = useQuery(organizationsQuery);
  const name = me.name || me.handle;
  const entries = (): MenuEntry[] => [
    { kind: 'person', name, detail: me.email, picture: me.image },
    { kind: 'line' },
    { kind: 'heading', label: 'Organizations' },
    ...organizations.map(
      ({ slug, name, personal, id }): MenuEntry => ({
        kind: 'choice',
        label: name,
        ...(personal ? { detail: 'personal' } : {}),
        chosen: id === organization.id,
        // The history entry of the open menu becomes that page's.
        run: () => id !== organization.id && navigate(spacePath(slug), { replace: true }),
      }),
    ),
    menuEntry('organization.new'),
    { kind: 'line' },
    look(),
    menuEntry('app.settings', { label: 'Settings' }),
    { kind: 'line' },
    menuEntry('account.lock'),
    menuEntry('account.sign-out'),
  ];
  return (
    <button
      type="button"
      className="button button-quiet button-icon ml-0.5 !rounded-full phone:min-h-[44px] phone:w-[44px]"
      aria-haspopup="menu"
      aria-label={`Account of ${name}`}
      {...preloadOnIntent(preloadMenu)}
      onClick={(event) => openMenu(`Account of ${name}`, event.currentTarget, entries())}
    >
      <Face name={name} picture={me.image} size="28px" round />
    </button>
  );
}

/** The entries of the person's menu: organizations, look, settings, sign out. */

import type { Me, Organization } from '@prox/api-client';
import { Palette } from 'lucide-react';
import { menuEntry } from '@/shared/actions/registry';
import { MODES, setPreferences, usePreferences } from '@/shared/state/preferences';
import type { MenuEntry } from '@/shared/ui/menu';
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

type Shown = {
  me: Me;
  /** The one that is shown. */
  organization: Organization;
  organizations: readonly Organization[];
  goTo: (organization: string) => void;
};

export const personEntries = ({ me, organization, organizations, goTo }: Shown): MenuEntry[] => [
  { kind: 'person', name: me.name || me.handle, detail: me.email, picture: me.image },
  { kind: 'line' },
  { kind: 'heading', label: 'Organizations' },
  ...organizations.map(
    ({ slug, name, personal, id }): MenuEntry => ({
      kind: 'choice',
      label: name,
      ...(personal ? { detail: 'personal' } : {}),
      chosen: id === organization.id,
      run: () => id !== organization.id && goTo(slug),
    }),
  ),
  menuEntry('organization.new'),
  { kind: 'line' },
  look(),
  menuEntry('app.settings', { label: 'Settings' }),
  { kind: 'line' },
  menuEntry('account.sign-out'),
];

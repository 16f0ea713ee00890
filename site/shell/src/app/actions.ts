/** The actions of the shell as a whole; the ones on items and windows are with those. */
import type { Organization, Space } from '@prox/api-client';
import { ArrowUpRight, Eye, Lock, LogOut, Palette, Plus } from 'lucide-react';
import { lockNow } from '@/features/screensaver/locking';
import { sharingActions } from '@/features/sharing/actions';
import { VISIBILITIES } from '@/features/spaces/visibility';
import type { Action } from '@/shared/actions/action';
import { HOME } from '@/shared/data/spaces';
import { isOnline } from '@/shared/lib/online';
import { publicPath } from '@/shared/lib/paths';
import { DENSITIES, THEMES } from '@/shared/state/look-names';
import {
  MODES,
  type Preferences,
  setPreferences,
  usePreferences,
} from '@/shared/state/preferences';
import { openApp } from '@/system/apps';
import { openDialog } from '@/system/dialogs';
import { MODE_NAMES } from './modes';
import { APPS, appById } from './registry';

/** What the actions read when they run. */
export type ShellPort = {
  organization: () => Organization;
  organizations: () => readonly Organization[];
  spaces: () => readonly Space[];
  /** The space that is shown. */
  space: () => Space | null;
  goTo: (organization: string, space?: string) => void;
  signOut: () => void;
};

/** Words by which people look for a system app. */
const KEYWORDS: Record<(typeof APPS)[number]['id'], readonly string[]> = {
  events: ['log', 'activity', 'webhooks'],
  members: ['people', 'team', 'invite', 'roles'],
  instances: ['environments', 'staging', 'production'],
  connectors: ['slack', 'integrations'],
  domains: ['hostname', 'dns', 'address'],
  datasets: ['table', 'csv', 'json', 'import', 'rows', 'spreadsheet'],
  shared: ['guest', 'received', 'friends', 'kept', 'links'],
  sharing: ['share', 'people', 'links', 'access', 'permissions', 'privacy'],
  settings: ['preferences', 'profile', 'sessions', 'theme'],
};

const goActions = ({ organization, organizations, spaces, space, goTo }: ShellPort): Action[] => [
  {
    id: 'space.open',
    title: 'Go to a space',
    group: 'Go to',
    keywords: ['page', 'switch', 'home'],
    choose: {
      prompt: 'A space',
      inline: true,
      choices: () =>
        spaces().map(({ id, slug, title, visibility }) => ({
          id,
          title: slug === HOME ? `${title}, home` : title,
          detail: id === space()?.id ? 'Shown now' : `${VISIBILITIES[visibility].label} space`,
          icon: VISIBILITIES[visibility].icon,
          run: () => goTo(organization().slug, slug),
        })),
    },
  },
  {
    id: 'organization.open',
    title: 'Go to an organization',
    group: 'Go to',
    keywords: ['team', 'switch', 'account'],
    when: () => organizations().length > 1,
    choose: {
      prompt: 'An organization',
      inline: true,
      choices: () =>
        organizations()
          .filter(({ id }) => id !== organization().id)
          .map(({ id, slug, name, personal }) => ({
            id,
            title: name,
            detail: personal ? 'Personal organization' : 'Organization',
            run: () => goTo(slug),
          })),
    },
  },
  ...APPS.map(
    (app): Action => ({
      id: `app.${app.id}`,
      title: `Open ${app.title}`,
      group: 'Go to',
      keywords: KEYWORDS[app.id],
      icon: app.icon,
      ...(app.id === 'settings' && { keys: ['$mod+,'] }),
      run: () => openApp(app),
    }),
  ),
];

const spaceActions = ({ organization, space }: ShellPort): Action[] => [
  {
    id: 'space.publish',
    title: 'Change who sees this page',
    group: 'Spaces',
    keywords: ['publish', 'share', 'private', 'public', 'unlisted', 'visibility'],
    icon: Eye,
    when: () => space() !== null,
    run: () => openDialog('publish'),
  },
  {
    id: 'space.view',
    title: 'See the public page in a new tab',
    group: 'Spaces',
    keywords: ['open', 'view', 'preview', 'visit'],
    icon: ArrowUpRight,
    when: () => (space()?.visibility ?? 'private') !== 'private',
    run: () => {
      const shown = space();
      if (shown) window.open(publicPath(organization(), shown), '_blank', 'noopener');
    },
  },
  {
    id: 'space.edit',
    title: 'Edit title and description of this page',
    group: 'Spaces',
    keywords: ['rename', 'space', 'change'],
    when: () => space() !== null,
    run: () => openDialog('edit-space'),
  },
  {
    id: 'space.look',
    title: 'Change cover and accent of this page',
    group: 'Look',
    keywords: ['art', 'colour', 'color', 'banner', 'picture', 'header'],
    icon: Palette,
    when: () => space() !== null,
    run: () => openDialog('space-look'),
  },
  {
    id: 'space.new',
    title: 'New space',
    group: 'Spaces',
    keywords: ['create', 'page', 'add'],
    icon: Plus,
    run: () => openDialog('new-space'),
  },
];

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** The choices of one preference. */
const choicesOf = <Name extends 'mode' | 'theme' | 'density'>(
  name: Name,
  values: readonly Preferences[Name][],
  titleOf: (value: Preferences[Name]) => string,
) => ({
  choices: () =>
    values.map((value) => ({
      id: value,
      title: titleOf(value),
      ...(usePreferences.getState()[name] === value && { detail: 'Used now' }),
      run: () => setPreferences({ [name]: value }),
    })),
});

const lookActions: Action[] = [
  {
    id: 'look.mode',
    title: 'Change to light or dark',
    group: 'Look',
    keywords: ['mode', 'appearance', 'night', 'sun'],
    choose: {
      prompt: 'Light or dark',
      inline: true,
      ...choicesOf('mode', MODES, (mode) => MODE_NAMES[mode]),
    },
  },
  {
    id: 'look.theme',
    title: 'Change the theme',
    group: 'Look',
    keywords: ['colour', 'color', 'contrast', 'appearance'],
    choose: {
      prompt: 'A theme',
      inline: true,
      ...choicesOf('theme', THEMES, (theme) =>
        theme === 'contrast' ? 'High contrast' : capital(theme),
      ),
    },
  },
  {
    id: 'look.density',
    title: 'Change the density',
    group: 'Look',
    keywords: ['compact', 'roomy', 'size', 'spacing'],
    choose: { prompt: 'A density', inline: true, ...choicesOf('density', DENSITIES, capital) },
  },
];

const accountActions = ({ signOut }: ShellPort): Action[] => [
  {
    id: 'organization.new',
    title: 'New organization',
    group: 'Account',
    keywords: ['create', 'team'],
    icon: Plus,
    run: () => openDialog('new-organization'),
  },
  {
    id: 'account.lock',
    title: 'Lock now',
    group: 'Account',
    keywords: ['screen', 'away', 'leave', 'secure'],
    icon: Lock,
    // Without a connection the session cannot end, and a mere cover protects nothing.
    when: isOnline,
    run: () => void lockNow(),
  },
  {
    id: 'account.sign-out',
    title: 'Sign out',
    group: 'Account',
    keywords: ['log out', 'leave', 'exit'],
    icon: LogOut,
    run: signOut,
  },
];

export const shellActions = (shell: ShellPort): readonly Action[] => [
  ...goActions(shell),
  ...spaceActions(shell),
  ...sharingActions({ ...shell, open: () => openApp(appById('sharing')) }),
  ...lookActions,
  ...accountActions(shell),
];

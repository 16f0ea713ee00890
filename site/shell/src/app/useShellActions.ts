/** Registers the actions of the desktop that is shown, and listens to their shortcuts. */
import type { Organization, Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import type { Action } from '@/shared/actions/action';
import { listenToShortcuts, shortcutsComplete } from '@/shared/actions/listen';
import { registerActions, setActionHosts } from '@/shared/actions/registry';
import { noteUse } from '@/shared/actions/uses';
import { organizationsQuery, signOut } from '@/shared/data/me';
import { spacePath } from '@/shared/lib/paths';
import { usePlace } from '@/shared/lib/place';
import { flushDocuments } from '@/shared/state/documents';
import { toastProblem } from '@/shared/ui/toasts';
import { openDialog } from '@/system/dialogs';
import { forgetPerson } from '@/system/forget';
import type { ShellPort } from './actions';

/** The ones that are there at once; all others are fetched after the first paint. */
export const FIRST_ACTIONS: readonly Action[] = [
  {
    id: 'palette.open',
    title: 'Find a command',
    group: 'Help',
    keywords: ['palette', 'actions'],
    keys: ['$mod+k'],
    inFields: true,
    unlisted: true,
    run: () => openDialog('palette'),
  },
  {
    id: 'search.open',
    title: 'Search everything',
    group: 'Go to',
    keywords: ['find', 'look for'],
    keys: ['$mod+Shift+k'],
    inFields: true,
    run: () => openDialog('search', {}),
  },
  {
    id: 'notifications.open',
    title: 'Open notifications',
    group: 'Go to',
    keywords: ['messages', 'bell', 'unread', 'quiet hours'],
    run: () => openDialog('notifications'),
  },
  {
    id: 'search.for',
    title: 'Search for',
    group: 'Go to',
    unlisted: true,
    ask: { prompt: 'What to find', inline: 'last', run: (q) => openDialog('search', { q }) },
  },
  {
    id: 'shortcuts.open',
    title: 'Keyboard shortcuts',
    group: 'Help',
    keywords: ['keys', 'hotkeys', 'change', 'remap'],
    keys: ['?', '$mod+/'],
    run: () => openDialog('shortcuts'),
  },
];

registerActions(FIRST_ACTIONS);
setActionHosts({ openStep: (action) => openDialog('palette', { action }), onRun: noteUse });

type Shown = { organization: Organization; spaces: readonly Space[]; space: Space | null };

export function useShellActions(shown: Shown): void {
  const [, navigate] = useLocation();
  const { data: organizations = [shown.organization] } = useQuery(organizationsQuery);
  const { me } = usePlace();
  const leave = async () => {
    await flushDocuments(me.id);
    try {
      await signOut();
    } catch (error) {
      toastProblem(error);
      return;
    }
    forgetPerson(me.id, 'forget');
    navigate('/sign-in', { replace: true });
  };
  const current = { ...shown, organizations, leave, navigate };
  const latest = useRef(current);
  latest.current = current;
  useEffect(() => {
    const port: ShellPort = {
      organization: () => latest.current.organization,
      organizations: () => latest.current.organizations,
      spaces: () => latest.current.spaces,
      space: () => latest.current.space,
      // The history entry of the menu or dialog that was open becomes that page's.
      goTo: (organization, space) =>
        latest.current.navigate(spacePath(organization, space), { replace: true }),
      signOut: () => void latest.current.leave(),
    };
    const ends = [listenToShortcuts()];
    let ended = false;
    void Promise.all([import('./actions'), import('./moreActions')]).then(
      ([{ shellActions }, { MORE_ACTIONS }]) => {
        if (ended) return;
        ends.push(registerActions([...shellActions(port), ...MORE_ACTIONS]));
        shortcutsComplete();
      },
      () => {}, // Offline: the actions that are there work.
    );
    return () => {
      ended = true;
      for (const end of ends) end();
    };
  }, []);
}

/** Starts the desktops of a person in an organization, with this browser and the API. */
import { asProblem } from '@prox/api-client';
import { QueryObserver } from '@tanstack/react-query';
import * as v from 'valibot';
import { queryClient } from '@/shared/data/client';
import {
  createWorkspace,
  deleteWorkspace,
  readWorkspace,
  updateWorkspace,
  type Workspace,
  workspacesQuery,
} from '@/shared/data/workspaces';
import { closeDocument, openDocument } from '@/shared/state/documents';
import { toast } from '@/shared/ui/toasts';
import { setLayoutScope } from '@/shared/undo/timeline';
import type { Desktop } from './model';
import { DesktopSession, type Notice } from './session';
import { useDesktops } from './store';

const NOTICES: Record<Notice, string> = {
  'newer-layout':
    'This desktop was last arranged with a newer version of Prox OS. Reload the page to get it; nothing of the arrangement is lost.',
  'not-kept':
    'This browser does not let Prox OS keep your windows. They are kept in your account only.',
  'not-saved': 'Your windows could not be saved to your account. They are kept in this browser.',
  'unknown-desktop': 'That desktop was removed. This is the first one.',
};

const list = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    position: v.number(),
    isNew: v.optional(v.literal(true)),
  }),
);

/** Everybody's first desktop has the unique part of the organization's id: all devices agree on it. */
const firstDesktop = (organization: string): Desktop => ({
  id: `wks_${organization.slice(organization.indexOf('_') + 1)}`,
  name: 'Desktop 1',
  position: 1_000,
});

/** Milliseconds until the list is asked for again after a failure: first and most. */
const RETRY_FIRST = 2_000;
const RETRY_MOST = 60_000;

const ERROR_GONE = 404;
const ERROR_TAKEN = 409;

export type Desktops = { session: DesktopSession; stop: () => void };

/** `wanted`: the desktop that the address names. */
export function startDesktops(
  person: string,
  organization: string,
  wanted: string | null,
): Desktops {
  setLayoutScope(organization);
  // Under the name of a document: signing out forgets it with the documents.
  const name = `prox.document:${person}:desktops:${organization}`;
  const keyOf = (desktop: string) => `workspace:${desktop}`;
  const saved = ({ layout, version }: Workspace) => ({ values: layout, version });
  const query = workspacesQuery(organization, person);
  /** A desktop that another device removed is not asked for again: the list says so, too. */
  const unlessGone = (error: unknown): never => {
    if (asProblem(error).status !== ERROR_GONE) throw error;
    void queryClient.invalidateQueries({ queryKey: query.queryKey });
    throw new TypeError('The desktop was removed');
  };
  const session = new DesktopSession(
    {
      readList: () => {
        try {
          return v.parse(list, JSON.parse(localStorage.getItem(name) ?? '[]')) as Desktop[];
        } catch {
          return [];
        }
      },
      writeList: (desktops) => localStorage.setItem(name, JSON.stringify(desktops)),
      openDocument: ({ id }) =>
        openDocument(person, keyOf(id), {
          load: async () => {
            await session.created(id);
            return saved(await readWorkspace(organization, id).catch(unlessGone));
          },
          send: async (layout) => {
            await session.created(id);
            return saved(await updateWorkspace(organization, id, { layout }).catch(unlessGone));
          },
        }),
      closeDocument: (id) => closeDocument(person, keyOf(id)),
      create: ({ id, name: title, position }) =>
        createWorkspace(organization, { id, name: title, position }).catch((error) => {
          if (asProblem(error).status !== ERROR_TAKEN) throw error;
        }),
      update: (id, change) => updateWorkspace(organization, id, change),
      remove: (id) => deleteWorkspace(organization, id),
      report: (notice) => toast(notice === 'not-saved' ? 'warning' : 'info', NOTICES[notice]),
    },
    firstDesktop(organization),
    wanted,
  );
  useDesktops.setState({ session });
  const observer = new QueryObserver(queryClient, {
    ...query,
    retry: true,
    retryDelay: (failures) => Math.min(RETRY_FIRST * 2 ** failures, RETRY_MOST),
    refetchOnWindowFocus: true,
  });
  let last: Workspace[] | undefined;
  const take = (data: Workspace[] | undefined) => {
    if (!data || data === last) return;
    last = data;
    session.received(data);
  };
  take(observer.getCurrentResult().data);
  const unsubscribe = observer.subscribe(({ data }) => take(data));
  return {
    session,
    stop: () => {
      unsubscribe();
      session.stop();
      useDesktops.setState({ session: null });
    },
  };
}

/** Server state of workspaces: the virtual desktops of the signed-in person in an organization. */
import { data, everything } from '@prox/api-client';
import { queryOptions } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { JsonObject } from '@/shared/state/merge-patch';
import { keys } from './keys';

export type Workspace = {
  id: string;
  name: string;
  /** Sort key; equal ones are ordered by id. */
  position: number;
  layout: JsonObject;
  version: number;
};

/** The API's schema leaves the layout open: whatever the JSON of a client holds. */
const typed = <T extends { layout: Record<string, unknown> }>(answer: T) =>
  answer as unknown as Workspace;

/** With their layouts, in order. */
export const workspacesQuery = (org: string, user: string) =>
  queryOptions({
    queryKey: keys.workspaces(org, user),
    queryFn: async ({ signal }) => {
      const all = await everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/workspaces', {
            signal,
            params: { path: { org }, query: { cursor, limit: 200 } },
          }),
        ),
      );
      return all.map(typed);
    },
  });

const at = (org: string, workspace: string) => ({ params: { path: { org, workspace } } });

export const readWorkspace = (org: string, workspace: string): Promise<Workspace> =>
  data(api.GET('/api/organizations/{org}/workspaces/{workspace}', at(org, workspace))).then(typed);

export const createWorkspace = (
  org: string,
  body: Pick<Workspace, 'id' | 'name' | 'position'>,
): Promise<Workspace> =>
  data(api.POST('/api/organizations/{org}/workspaces', { params: { path: { org } }, body })).then(
    typed,
  );

/** `layout` is a merge patch, all of which the server applies at once. */
export const updateWorkspace = (
  org: string,
  workspace: string,
  body: Partial<Pick<Workspace, 'name' | 'position' | 'layout'>>,
): Promise<Workspace> =>
  data(
    api.PATCH('/api/organizations/{org}/workspaces/{workspace}', { ...at(org, workspace), body }),
  ).then(typed);

export const deleteWorkspace = (org: string, workspace: string) =>
  data(api.DELETE('/api/organizations/{org}/workspaces/{workspace}', at(org, workspace)));

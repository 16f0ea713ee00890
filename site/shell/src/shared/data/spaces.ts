/** Server state of spaces: the pages of an organization, their audience and their hostnames. */

import {
  data,
  everything,
  ifMatch,
  type Space,
  type UpdateSpace,
  type Visibility,
} from '@prox/api-client';
import { queryOptions } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { SpaceFields } from '@/shared/undo/changes';
import { noteChange } from '@/shared/undo/timeline';
import { queryClient } from './client';
import { keys } from './keys';
import { useWrite } from './write';

export const HOME = 'home';

export const spacesQuery = (org: string) =>
  queryOptions({
    queryKey: keys.spaces(org),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/spaces', {
            signal,
            params: { path: { org }, query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

export const spaceQuery = (org: string, space: string) =>
  queryOptions({
    queryKey: keys.space(space),
    queryFn: ({ signal }) =>
      data(
        api.GET('/api/organizations/{org}/spaces/{space}', {
          signal,
          params: { path: { org, space } },
        }),
      ),
  });

/** Puts a space that the server answered where it is read from. */
function remember(space: Space): void {
  queryClient.setQueryData(keys.space(space.id), space);
  queryClient.setQueryData(keys.spaces(space.organization_id), (known: Space[] | undefined) =>
    known?.some((one) => one.id === space.id)
      ? known.map((one) => (one.id === space.id ? space : one))
      : known && [...known, space],
  );
}

export const useCreateSpace = (org: string) =>
  useWrite({
    intent: ['create-space', org],
    mutationFn: (body: { title: string; slug?: string; description?: string }, headers) =>
      data(
        api.POST('/api/organizations/{org}/spaces', { headers, params: { path: { org } }, body }),
      ),
    onSuccess: remember,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.spaces(org) }),
  });

type Target = Pick<Space, 'id' | 'organization_id'>;

const fieldsOf = (space: Space, names: readonly string[]): SpaceFields =>
  Object.fromEntries(names.map((name) => [name, space[name as keyof Space] ?? null]));

/** `noted`: whether the change can be undone; an undo itself is no change to undo. */
export const useUpdateSpace = (space: Target, { noted = true }: { noted?: boolean } = {}) =>
  useWrite({
    intent: ['update-space', space.id],
    onMutate: () => queryClient.getQueryData<Space>(keys.space(space.id)),
    mutationFn: ({ body, version }: { body: UpdateSpace; version: number }, headers) =>
      data(
        api.PATCH('/api/organizations/{org}/spaces/{space}', {
          params: { path: { org: space.organization_id, space: space.id } },
          headers: { ...headers, ...ifMatch(version) },
          body,
        }),
      ),
    onSuccess: (after, { body }, before) => {
      remember(after);
      const names = Object.keys(body).filter((name) => name !== 'slug');
      if (!noted || !before || names.length === 0) return;
      const [from, to] = [fieldsOf(before, names), fieldsOf(after, names)];
      noteChange(space.id, { kind: 'space', id: space.id, title: after.title, from, to });
    },
    onError: () => queryClient.invalidateQueries({ queryKey: keys.space(space.id) }),
  });

export const useDeleteSpace = (space: Space) =>
  useWrite({
    intent: ['delete-space', space.id],
    mutationFn: (_: undefined, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}', {
          headers,
          params: { path: { org: space.organization_id, space: space.id } },
        }),
      ),
    onSuccess: () =>
      queryClient.invalidateQueries({ queryKey: keys.spaces(space.organization_id) }),
  });

export const useSetVisibility = (space: Space) =>
  useWrite({
    intent: ['set-visibility', space.id],
    mutationFn: (visibility: Visibility, headers) => {
      const params = { path: { org: space.organization_id, space: space.id } };
      return visibility === 'private'
        ? data(api.POST('/api/organizations/{org}/spaces/{space}/unpublish', { headers, params }))
        : data(
            api.POST('/api/organizations/{org}/spaces/{space}/publish', {
              headers,
              params,
              body: { audience: visibility },
            }),
          );
    },
    onSuccess: remember,
  });

export const domainsQuery = (org: string, space: string) =>
  queryOptions({
    queryKey: keys.domains(space),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/spaces/{space}/domains', {
            signal,
            params: { path: { org, space }, query: { cursor } },
          }),
        ),
      ),
  });

const refreshDomains = (space: string) => () =>
  queryClient.invalidateQueries({ queryKey: keys.domains(space) });

export const useAddDomain = (org: string, space: string) =>
  useWrite({
    intent: ['add-domain', space],
    mutationFn: (hostname: string, headers) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/domains', {
          headers,
          params: { path: { org, space } },
          body: { hostname },
        }),
      ),
    onSettled: refreshDomains(space),
  });

export const useVerifyDomain = (org: string, space: string) =>
  useWrite({
    intent: ['verify-domain', space],
    mutationFn: (domain: string, headers) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/domains/{domain}/verify', {
          headers,
          params: { path: { org, space, domain } },
        }),
      ),
    onSettled: refreshDomains(space),
  });

export const useRemoveDomain = (org: string, space: string) =>
  useWrite({
    intent: ['remove-domain', space],
    mutationFn: (domain: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}/domains/{domain}', {
          headers,
          params: { path: { org, space, domain } },
        }),
      ),
    onSettled: refreshDomains(space),
  });

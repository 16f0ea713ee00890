/** Server state of spaces: the pages of an organization, their audience and their hostnames. */
import { queryOptions, useMutation } from '@tanstack/react-query';
import { api, data, everything, ifMatch } from '@/shared/api/client';
import type { Space, UpdateSpace, Visibility } from '@/shared/api/types';
import { queryClient } from './client';
import { keys } from './keys';

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
  useMutation({
    mutationFn: (body: { title: string; slug?: string; description?: string }) =>
      data(api.POST('/api/organizations/{org}/spaces', { params: { path: { org } }, body })),
    onSuccess: remember,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.spaces(org) }),
  });

export const useUpdateSpace = (space: Space) =>
  useMutation({
    mutationFn: ({ body, version }: { body: UpdateSpace; version: number }) =>
      data(
        api.PATCH('/api/organizations/{org}/spaces/{space}', {
          params: { path: { org: space.organization_id, space: space.id } },
          headers: ifMatch(version),
          body,
        }),
      ),
    onSuccess: remember,
    onError: () => queryClient.invalidateQueries({ queryKey: keys.space(space.id) }),
  });

export const useDeleteSpace = (space: Space) =>
  useMutation({
    mutationFn: () =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}', {
          params: { path: { org: space.organization_id, space: space.id } },
        }),
      ),
    onSuccess: () =>
      queryClient.invalidateQueries({ queryKey: keys.spaces(space.organization_id) }),
  });

export const useSetVisibility = (space: Space) =>
  useMutation({
    mutationFn: (visibility: Visibility) => {
      const params = { path: { org: space.organization_id, space: space.id } };
      return visibility === 'private'
        ? data(api.POST('/api/organizations/{org}/spaces/{space}/unpublish', { params }))
        : data(
            api.POST('/api/organizations/{org}/spaces/{space}/publish', {
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
  useMutation({
    mutationFn: (hostname: string) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/domains', {
          params: { path: { org, space } },
          body: { hostname },
        }),
      ),
    onSettled: refreshDomains(space),
  });

export const useVerifyDomain = (org: string, space: string) =>
  useMutation({
    mutationFn: (domain: string) =>
      data(
        api.POST('/api/organizations/{org}/spaces/{space}/domains/{domain}/verify', {
          params: { path: { org, space, domain } },
        }),
      ),
    onSettled: refreshDomains(space),
  });

export const useRemoveDomain = (org: string, space: string) =>
  useMutation({
    mutationFn: (domain: string) =>
      data(
        api.DELETE('/api/organizations/{org}/spaces/{space}/domains/{domain}', {
          params: { path: { org, space, domain } },
        }),
      ),
    onSettled: refreshDomains(space),
  });

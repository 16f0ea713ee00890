/** Server state of one organization: itself, its members, its instances and what they hold. */
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query';
import { api, data, everything } from '@/shared/api/client';
import type { Role } from '@/shared/api/types';
import { queryClient } from './client';
import { keys } from './keys';

/** The instance that every organization is created with. */
export const MAIN_INSTANCE = 'main';

export const membersQuery = (org: string) =>
  queryOptions({
    queryKey: keys.members(org),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/members', {
            signal,
            params: { path: { org }, query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

export const instancesQuery = (org: string) =>
  queryOptions({
    queryKey: keys.instances(org),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/instances', {
            signal,
            params: { path: { org }, query: { cursor, limit: 200 } },
          }),
        ),
      ),
  });

/** Newest first, a page at a time. */
export const eventsQuery = (org: string, instance: string) =>
  infiniteQueryOptions({
    queryKey: keys.events(instance),
    queryFn: ({ signal, pageParam: cursor }) =>
      data(
        api.GET('/api/organizations/{org}/instances/{instance}/events', {
          signal,
          params: { path: { org, instance }, query: { cursor, limit: 50 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const connectorsQuery = (org: string, instance: string) =>
  queryOptions({
    queryKey: keys.connectors(instance),
    queryFn: ({ signal }) =>
      everything((cursor) =>
        data(
          api.GET('/api/organizations/{org}/instances/{instance}/connectors', {
            signal,
            params: { path: { org, instance }, query: { cursor } },
          }),
        ),
      ),
  });

/** Where the browser goes to connect a Slack workspace. */
export const slackInstallUrl = (org: string, instance: string) =>
  `/api/organizations/${encodeURIComponent(org)}/instances/${encodeURIComponent(instance)}/connectors/slack/install`;

export const useRemoveConnector = (org: string, instance: string) =>
  useMutation({
    mutationFn: (connector: string) =>
      data(
        api.DELETE('/api/organizations/{org}/instances/{instance}/connectors/{connector}', {
          params: { path: { org, instance, connector } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.connectors(instance) }),
  });

export const useCreateOrganization = () =>
  useMutation({
    mutationFn: (body: { name: string; slug: string | null }) =>
      data(api.POST('/api/organizations', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.organizations }),
  });

export const useUpdateOrganization = (org: string) =>
  useMutation({
    mutationFn: (body: { name?: string; slug?: string }) =>
      data(api.PATCH('/api/organizations/{org}', { params: { path: { org } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.organizations }),
  });

export const useDeleteOrganization = (org: string) =>
  useMutation({
    mutationFn: () => data(api.DELETE('/api/organizations/{org}', { params: { path: { org } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.organizations }),
  });

export const useCreateInstance = (org: string) =>
  useMutation({
    mutationFn: (body: { name: string }) =>
      data(api.POST('/api/organizations/{org}/instances', { params: { path: { org } }, body })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.instances(org) }),
  });

export const useUpdateInstance = (org: string) =>
  useMutation({
    mutationFn: ({
      instance,
      body,
    }: {
      instance: string;
      body: { name?: string; slug?: string };
    }) =>
      data(
        api.PATCH('/api/organizations/{org}/instances/{instance}', {
          params: { path: { org, instance } },
          body,
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.instances(org) }),
  });

export const useDeleteInstance = (org: string) =>
  useMutation({
    mutationFn: (instance: string) =>
      data(
        api.DELETE('/api/organizations/{org}/instances/{instance}', {
          params: { path: { org, instance } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.instances(org) }),
  });

export const useAddMember = (org: string) =>
  useMutation({
    mutationFn: (body: { email: string; role: Role }) =>
      data(api.POST('/api/organizations/{org}/members', { params: { path: { org } }, body })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.members(org) }),
  });

export const useUpdateMember = (org: string) =>
  useMutation({
    mutationFn: ({ member, role }: { member: string; role: Role }) =>
      data(
        api.PATCH('/api/organizations/{org}/members/{member}', {
          params: { path: { org, member } },
          body: { role },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.members(org) }),
  });

export const useRemoveMember = (org: string) =>
  useMutation({
    mutationFn: (member: string) =>
      data(
        api.DELETE('/api/organizations/{org}/members/{member}', {
          params: { path: { org, member } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.members(org) }),
  });

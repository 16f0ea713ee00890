/** Server state of one organization: itself, its members, its instances and what they hold. */

import { data, everything, type Role } from '@prox/api-client';
import { queryOptions } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { queryClient } from './client';
import { keys } from './keys';
import { useWrite } from './write';

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
  useWrite({
    intent: ['remove-connector', instance],
    mutationFn: (connector: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/instances/{instance}/connectors/{connector}', {
          headers,
          params: { path: { org, instance, connector } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.connectors(instance) }),
  });

export const useCreateOrganization = () =>
  useWrite({
    intent: ['create-organization'],
    mutationFn: (body: { name: string; slug: string | null }, headers) =>
      data(api.POST('/api/organizations', { headers, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.organizations }),
  });

export const useUpdateOrganization = (org: string) =>
  useWrite({
    intent: ['update-organization', org],
    mutationFn: (body: { name?: string; slug?: string }, headers) =>
      data(api.PATCH('/api/organizations/{org}', { headers, params: { path: { org } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.organizations }),
  });

export const useDeleteOrganization = (org: string) =>
  useWrite({
    intent: ['delete-organization', org],
    mutationFn: (_: undefined, headers) =>
      data(api.DELETE('/api/organizations/{org}', { headers, params: { path: { org } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.organizations }),
  });

export const useCreateInstance = (org: string) =>
  useWrite({
    intent: ['create-instance', org],
    mutationFn: (body: { name: string }, headers) =>
      data(
        api.POST('/api/organizations/{org}/instances', {
          headers,
          params: { path: { org } },
          body,
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.instances(org) }),
  });

export const useUpdateInstance = (org: string) =>
  useWrite({
    intent: ['update-instance', org],
    mutationFn: (
      {
        instance,
        body,
      }: {
        instance: string;
        body: { name?: string; slug?: string };
      },
      headers,
    ) =>
      data(
        api.PATCH('/api/organizations/{org}/instances/{instance}', {
          headers,
          params: { path: { org, instance } },
          body,
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.instances(org) }),
  });

export const useDeleteInstance = (org: string) =>
  useWrite({
    intent: ['delete-instance', org],
    mutationFn: (instance: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/instances/{instance}', {
          headers,
          params: { path: { org, instance } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.instances(org) }),
  });

export const useAddMember = (org: string) =>
  useWrite({
    intent: ['add-member', org],
    mutationFn: (body: { email: string; role: Role }, headers) =>
      data(
        api.POST('/api/organizations/{org}/members', { headers, params: { path: { org } }, body }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.members(org) }),
  });

export const useUpdateMember = (org: string) =>
  useWrite({
    intent: ['update-member', org],
    mutationFn: ({ member, role }: { member: string; role: Role }, headers) =>
      data(
        api.PATCH('/api/organizations/{org}/members/{member}', {
          headers,
          params: { path: { org, member } },
          body: { role },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.members(org) }),
  });

export const useRemoveMember = (org: string) =>
  useWrite({
    intent: ['remove-member', org],
    mutationFn: (member: string, headers) =>
      data(
        api.DELETE('/api/organizations/{org}/members/{member}', {
          headers,
          params: { path: { org, member } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.members(org) }),
  });

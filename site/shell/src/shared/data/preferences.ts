/** How the preferences of the signed-in person travel between this browser and the server. */
import { data } from '@prox/api-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '@/shared/api/client';
import type { Saved } from '@/shared/state/document';
import { outlivesPage } from '@/shared/state/documents';
import type { JsonObject } from '@/shared/state/merge-patch';
import { openPreferences } from '@/shared/state/preferences';
import { queryClient } from './client';
import { keys } from './keys';

const saved = ({ version, values }: { version: number; values: unknown }): Saved => ({
  version,
  values: values as JsonObject,
});

export const preferencesQuery = (person: string) =>
  queryOptions({
    queryKey: keys.preferences(person),
    queryFn: ({ signal }) => data(api.GET('/api/me/preferences', { signal })).then(saved),
  });

const open = (person: string) =>
  openPreferences(person, {
    load: () => queryClient.fetchQuery({ ...preferencesQuery(person), staleTime: 0 }),
    send: (body) =>
      data(api.PATCH('/api/me/preferences', { body, keepalive: outlivesPage(body) })).then(saved),
  });

/** Keeps the preferences of a person current while the caller is shown. */
export function usePreferencesSync(person: string): void {
  const { data: answer, error } = useQuery(preferencesQuery(person));
  useEffect(() => {
    const document = open(person);
    if (answer) document.received(answer);
    if (document.state === 'unsaved' && !error) void document.flush();
  }, [person, answer, error]);
}

/**
 * Fetches all that the first page shows before React starts: the person, and by the slugs of
 * the address the spaces and items. Responses are cached under ids.
 */
import { data, everything, type Organization, type Space } from '@prox/api-client';
import { api } from '@/shared/api/client';
import { dropEarly } from '@/shared/api/early';
import { queryClient } from '@/shared/data/client';
import { keys } from '@/shared/data/keys';
import { meQuery, organizationsQuery } from '@/shared/data/me';
import { homeOf } from './Start';

/**
 * Settled when the first answers are kept; null from then on. Views wait for them (`use`) before they
 * ask by id, so that nothing is fetched twice; they never reject.
 */
export const early: { spaces: Promise<void> | null; items: Promise<void> | null } = {
  spaces: null,
  items: null,
};

/** Settled when all that the first page shows is here, or failed. */
export async function prefetch(path: string): Promise<void> {
  if (path.startsWith('/sign-in')) return;
  const isKept = [meQuery, organizationsQuery].every(
    ({ queryKey }) => queryClient.getQueryData(queryKey) !== undefined,
  );
  const asked = Promise.all([
    queryClient.prefetchQuery(meQuery),
    queryClient.prefetchQuery(organizationsQuery),
  ]);
  // These lead to a home, which only the person's name tells: its lists are asked for as soon as that is here.
  if (path === '/start' || path === '/share') {
    const home = queryClient.ensureQueryData(meQuery).then((me) => prefetchHome(homeOf(me)));
    const settled = (part: 'spaces' | 'items') =>
      home.then(
        (parts) => parts[part],
        () => {},
      );
    Object.assign(early, { spaces: settled('spaces'), items: settled('items') });
  } else Object.assign(early, prefetchHome(path));
  const forget = (part: keyof typeof early) => early[part]?.then(() => (early[part] = null));
  await Promise.all([forget('spaces'), forget('items')]);
  dropEarly();
  if (!isKept) await asked;
}

/** Fetches the lists of the home at a path, unless this browser kept them. */
function prefetchHome(path: string): Partial<typeof early> {
  const [, org, space] = /^\/o\/([^/]+)(?:\/([^/]+))?/.exec(path) ?? [];
  const { spaces, items } = restored(org, space);
  return {
    ...(org && !spaces && { spaces: prefetchSpaces(org) }),
    ...(org && space && !items && { items: prefetchItems(org, space) }),
  };
}

/** Whether what this browser kept has the lists of the address: views then fetch them by id at once. */
function restored(org: string | undefined, space: string | undefined) {
  const organizations = queryClient.getQueryData<readonly Organization[]>(keys.organizations);
  const organization = organizations?.find(({ slug }) => slug === org);
  const spaces =
    organization && queryClient.getQueryData<readonly Space[]>(keys.spaces(organization.id));
  const found = spaces?.find(({ slug }) => slug === space);
  return { spaces, items: found && queryClient.getQueryData(keys.items(found.id)) };
}

async function prefetchSpaces(org: string): Promise<void> {
  const spaces = await everything((cursor) =>
    data(
      api.GET('/api/organizations/{org}/spaces', {
        params: { path: { org }, query: { cursor, limit: 200 } },
      }),
    ),
  ).catch(() => []);
  const id = spaces[0]?.organization_id;
  if (id) offer(keys.spaces(id), spaces);
}

async function prefetchItems(org: string, space: string): Promise<void> {
  const items = await everything((cursor) =>
    data(
      api.GET('/api/organizations/{org}/spaces/{space}/items', {
        params: { path: { org, space }, query: { cursor, limit: 200 } },
      }),
    ),
  ).catch(() => []);
  const id = items[0]?.space_id;
  if (id) offer(keys.items(id), items);
}

/** A view that was faster has fresher data. */
function offer<T>(key: readonly string[], fetched: T): void {
  queryClient.setQueryData(key, (known: T | undefined) => known ?? fetched);
}

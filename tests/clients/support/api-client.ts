// openapi-typescript with openapi-fetch, as packages/api-client.

import { createApiClient, type Item, ifMatch } from '@prox/api-client';
import { type Account, type Calls, LIMIT } from './journey.ts';

export async function callWithApiClient(account: Account): Promise<Calls> {
  const { origin, token, org, space, titles } = account;
  const api = createApiClient({ baseUrl: origin, headers: { authorization: `Bearer ${token}` } });
  const items = '/api/organizations/{org}/spaces/{space}/items';
  const path = { org, space };

  let last: Item | undefined;
  for (const title of titles) {
    const { data } = await api.POST(items, { params: { path }, body: { kind: 'card', title } });
    last = data;
  }
  if (!last) throw new Error('nothing was created');

  const pageAt = (cursor: string | null) =>
    api.GET(items, { params: { path, query: { limit: LIMIT, ...(cursor && { cursor }) } } });
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const { data }: Awaited<ReturnType<typeof pageAt>> = await pageAt(cursor);
    if (!data) throw new Error('a page did not come');
    pages.push(data.items.map(({ title }) => title));
    cursor = data.next_cursor;
  } while (cursor);

  const { id, version } = last;
  const change = () =>
    api.PATCH(`${items}/{item}`, {
      params: { path: { ...path, item: id }, header: ifMatch(version) },
      body: { title: 'changed' },
    });
  const { data: changed, response } = await change();
  const { error, response: refusal } = await change();
  return {
    created: version,
    pages,
    changed: { status: response.status, title: changed?.title, version: changed?.version },
    stale: { status: refusal.status, code: error?.code },
  };
}

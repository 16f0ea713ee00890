// openapi-typescript with openapi-fetch, as packages/api-client.

import { createApiClient, type Item, ifMatch } from '@prox/api-client';
import { type Account, type Calls, changeTwice, LIMIT, readPages } from './journey.ts';

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

  const pages = await readPages((cursor) =>
    api.GET(items, { params: { path, query: { limit: LIMIT, ...(cursor && { cursor }) } } }),
  );
  const { id, version } = last;
  const changes = await changeTwice(() =>
    api.PATCH(`${items}/{item}`, {
      params: { path: { ...path, item: id }, header: ifMatch(version) },
      body: { title: 'changed' },
    }),
  );
  return { created: version, pages, ...changes };
}

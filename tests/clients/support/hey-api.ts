// @hey-api/openapi-ts with its client for fetch.

import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';
import type { Item } from '@prox/api-client';
import { type Account, type Calls, CONTRACT, changeTwice, LIMIT, readPages } from './journey.ts';

interface Options {
  path: Record<string, string>;
  query?: Record<string, unknown>;
  headers?: Record<string, string>;
  body?: unknown;
}

interface Answer<T> {
  data?: T;
  error?: { code: string };
  response: Response;
}

/** The used part of the generated module. */
interface Sdk {
  createItem(options: Options): Promise<Answer<Item>>;
  listItems(options: Options): Promise<Answer<{ items: Item[]; next_cursor: string | null }>>;
  updateItem(options: Options): Promise<Answer<Item>>;
}

export async function callWithHeyApi(account: Account, folder: string): Promise<Calls> {
  const { origin, token, org, space, titles } = account;
  await createClient({ input: CONTRACT, output: folder, logs: { level: 'silent' } });
  const sdk = (await import(join(folder, 'sdk.gen.ts'))) as Sdk;
  const { client } = await import(join(folder, 'client.gen.ts'));
  client.setConfig({ baseUrl: origin, auth: token });
  const path = { org, space };

  let last: Item | undefined;
  for (const title of titles) {
    last = (await sdk.createItem({ path, body: { kind: 'card', title } })).data;
  }
  if (!last) throw new Error('nothing was created');

  const pages = await readPages((cursor) =>
    sdk.listItems({ path, query: { limit: LIMIT, ...(cursor && { cursor }) } }),
  );
  const { id, version } = last;
  const changes = await changeTwice(() =>
    sdk.updateItem({
      path: { ...path, item: id },
      headers: { 'If-Match': `"v${version}"` },
      body: { title: 'changed' },
    }),
  );
  return { created: version, pages, ...changes };
}

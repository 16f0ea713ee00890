/** The client over the generated schema, and what every user of it needs. */
import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './schema.d.ts';

export type ApiClient = Client<paths>;

/**
 * A client of the API. With the `fetch` of `createApiFetch`, writes are safe to repeat and failures
 * are thrown as `Problem`.
 */
export function createApiClient(options: ClientOptions): ApiClient {
  return createClient<paths>(options);
}

/** The body of an answer. Failures were thrown as problems on the way. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/** All pages of a list, in order. */
export async function everything<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next_cursor } = await page(cursor);
    all.push(...items);
    cursor = next_cursor ?? undefined;
  } while (cursor);
  return all;
}

/** The precondition for a change of `version`. */
export const ifMatch = (version: number) => ({ 'If-Match': `"v${version}"` });

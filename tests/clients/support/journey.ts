// The steps of each generated client, and its report. What the clients for TypeScript do alike is here, too.

import { fileURLToPath } from 'node:url';
import type { Item } from '@prox/api-client';

export const CONTRACT = fileURLToPath(
  new URL('../../../crates/platform/api/openapi.json', import.meta.url),
);

/** The number of items on a page. */
export const LIMIT = 2;

export interface Account {
  origin: string;
  /** A session token, for `Authorization: Bearer`. */
  token: string;
  org: string;
  /** An empty space. */
  space: string;
  /** The titles of the items to create, in this order. */
  titles: string[];
}

export interface Calls {
  /** The version of the last created item. */
  created: number;
  /** The titles of each page of the list. */
  pages: string[][];
  /** The answer to a change of the last item's title to `changed`, based on its version. */
  changed: { status: number; title: string | undefined; version: number | undefined };
  /** The answer to the same change once more. */
  stale: { status: number; code: string | undefined };
}

interface Page {
  items: Item[];
  next_cursor: string | null;
}

interface Answer {
  data?: Item | undefined;
  error?: { code: string } | undefined;
  response: Response;
}

/** Reads a list to its end by `pageAt`, and returns the titles of each page. */
export async function readPages(
  pageAt: (cursor: string | null) => Promise<{ data?: Page | undefined }>,
): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const { data }: { data?: Page | undefined } = await pageAt(cursor);
    if (!data) throw new Error('a page did not come');
    pages.push(data.items.map(({ title }) => title));
    cursor = data.next_cursor;
  } while (cursor);
  return pages;
}

/** Changes an item twice on the base of the same version. */
export async function changeTwice(
  change: () => Promise<Answer>,
): Promise<Pick<Calls, 'changed' | 'stale'>> {
  const first = await change();
  const second = await change();
  const { title, version } = first.data ?? {};
  return {
    changed: { status: first.response.status, title, version },
    stale: { status: second.response.status, code: second.error?.code },
  };
}

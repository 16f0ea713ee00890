// What each generated client does, and what it reports.

import { fileURLToPath } from 'node:url';

export const CONTRACT = fileURLToPath(
  new URL('../../../crates/platform/api/openapi.json', import.meta.url),
);

/** How many items a page has. */
export const LIMIT = 2;

export interface Account {
  origin: string;
  /** A session token, for `Authorization: Bearer`. */
  token: string;
  org: string;
  /** An empty space. */
  space: string;
  /** Of the items to create, in this order. */
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

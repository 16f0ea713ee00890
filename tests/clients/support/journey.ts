// The steps of each generated client, and its report.

import { fileURLToPath } from 'node:url';

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

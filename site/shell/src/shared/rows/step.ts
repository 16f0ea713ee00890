/** What the list of a system app does next to show the row that an address names. */
import type { Wanted } from './wanted';

/** Milliseconds after which a row is no longer shown: the person is busy with something else by then. */
export const LONGEST_WAIT = 30_000;

export type List = {
  /** The ids of its rows; undefined until there are any to show. */
  ids: readonly string[] | undefined;
  /** When they were fetched, in milliseconds since 1970. */
  fetchedAt: number;
  /** Whether they are being fetched again, or more of them. */
  isFetching: boolean;
  /** Whether they cannot be fetched, or not now. */
  isStuck: boolean;
  /** Whether older rows can be fetched that may be the ones. */
  hasMore: boolean;
};

export type Step = 'show' | 'wait' | 'refresh' | 'fetch more' | 'say it is missing' | 'forget';

export function nextStep({ row, at }: Wanted, list: List, now: number): Step {
  if (now - at > LONGEST_WAIT) return 'forget';
  if (!list.ids) return 'wait';
  if (list.ids.includes(row)) return 'show';
  if (list.isFetching) return 'wait';
  if (list.isStuck) return 'say it is missing';
  // The row may be younger than the list.
  if (list.fetchedAt < at) return 'refresh';
  return list.hasMore ? 'fetch more' : 'say it is missing';
}

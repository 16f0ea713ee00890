/** How old the facts on the screen are. */
import type { QueryState } from '@tanstack/react-query';
import type { Kept } from '@/shared/data/kept';

type State = Pick<QueryState, 'dataUpdatedAt' | 'isInvalidated'>;

/**
 * When the items of a space were last known to be current. An answer of the server proves that for
 * what it did not invalidate; for what was restored, only if that space was shown before.
 */
export function currentAt(
  space: string,
  state: State | undefined,
  kept: Kept | null,
  lastAnswer: number | null,
): number | null {
  if (!state || state.dataUpdatedAt === 0) return null;
  const { dataUpdatedAt, isInvalidated } = state;
  if (!isInvalidated) return Math.max(dataUpdatedAt, lastAnswer ?? 0);
  return kept?.space === space ? Math.max(dataUpdatedAt, kept.at) : dataUpdatedAt;
}

/** Registers the actions on the items of a space. It shows nothing. */
import type { Space } from '@prox/api-client';
import { useMemo, useRef } from 'react';
import { useRegisterActions } from '@/shared/actions/registry';
import { useItemActions } from './actions';
import { itemActions } from './registered';

export function ItemActions({ space }: { space: Space }) {
  const moves = useItemActions(space);
  const latest = useRef(moves);
  latest.current = moves;
  const actions = useMemo(
    () =>
      itemActions({
        items: () => latest.current.items(),
        moveTo: (item, place) => latest.current.moveTo(item, place),
        remove: (item) => latest.current.remove(item),
      }),
    [],
  );
  useRegisterActions(actions);
  return null;
}

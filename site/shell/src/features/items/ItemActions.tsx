/** Registers the actions on the items of a space. It shows nothing. */
import type { Space } from '@prox/api-client';
import { useEffect, useRef } from 'react';
import { registerActions } from '@/shared/actions/registry';
import { useItemActions } from './actions';

export function ItemActions({ space }: { space: Space }) {
  const moves = useItemActions(space);
  const latest = useRef(moves);
  latest.current = moves;
  useEffect(() => {
    let end: (() => void) | undefined;
    let ended = false;
    void import('./registered').then(
      ({ itemActions }) => {
        if (ended) return;
        end = registerActions(
          itemActions({
            items: () => latest.current.items(),
            moveTo: (item, place) => latest.current.moveTo(item, place),
            resize: (item, size) => latest.current.changeLook(item, { size }),
            remove: (item) => latest.current.remove(item),
          }),
        );
      },
      () => {}, // Offline: the actions that are there work.
    );
    return () => {
      ended = true;
      end?.();
    };
  }, []);
  return null;
}

/** Registers the actions on the items of a space. It shows nothing. */
import type { Space } from '@prox/api-client';
import { useEffect, useRef } from 'react';
import { registerActions } from '@/shared/actions/registry';
import { historyOf } from '@/shared/undo/histories';
import { useItemActions } from './actions';
import { useUndo } from './undo';

export function ItemActions({ space }: { space: Space }) {
  const moves = useItemActions(space);
  const { undo, redo } = useUndo(space);
  const current = { ...moves, undo, redo };
  const latest = useRef(current);
  latest.current = current;
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
            undo: () => latest.current.undo(),
            redo: () => latest.current.redo(),
            history: historyOf(space.id),
          }),
        );
      },
      () => {}, // Offline: the actions that are there work.
    );
    return () => {
      ended = true;
      end?.();
    };
  }, [space.id]);
  return null;
}

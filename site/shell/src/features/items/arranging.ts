/** The mode of a phone's home in which tiles are moved: by arrow buttons, by arrow keys, by dragging. */
import { create } from 'zustand';
import { announce } from '@/shared/ui/announce';

type State = {
  on: boolean;
  /** The item that the arrows move. */
  item: string | null;
};

const off: State = { on: false, item: null };

export const useArranging = create<State>(() => off);

export function arrange(item: { id: string; title: string } | null): void {
  useArranging.setState({ on: true, item: item?.id ?? null });
  announce(
    item
      ? `Moving ${item.title}. The arrow buttons and the arrow keys move it.`
      : 'Arranging. Choose an item to move.',
  );
}

export function endArranging(): void {
  if (!useArranging.getState().on) return;
  useArranging.setState(off);
  announce('Done arranging');
}

/** Holds the window switcher: its keys act at once, its picture may be fetched a moment later. */
import { Suspense, useEffect } from 'react';
import { isPressed } from '@/shared/actions/registry';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { choose, closeSwitcher, stepSwitcher, takeSwitcher, useSwitcher } from './store';

export const Switcher = lazyWithPreload(() => import('./Switcher'));

/** Whether Alt was down when a key was last pressed. */
let altIsDown = false;

export function SwitcherHost() {
  const isOpen = useSwitcher(({ ids }) => ids.length > 0);
  useEffect(() => {
    const note = (event: KeyboardEvent) => {
      altIsDown = event.altKey;
    };
    addEventListener('keydown', note, true);
    addEventListener('keyup', note, true);
    return () => {
      removeEventListener('keydown', note, true);
      removeEventListener('keyup', note, true);
    };
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    const held = altIsDown;
    const down = (event: KeyboardEvent) => {
      const { ids, at } = useSwitcher.getState();
      // The registry acts on these.
      if (isPressed(event, 'window.switcher') || isPressed(event, 'window.switcher-back')) return;
      const keys: Record<string, () => void> = {
        ArrowRight: () => stepSwitcher(1),
        ArrowDown: () => stepSwitcher(1),
        ArrowLeft: () => stepSwitcher(-1),
        ArrowUp: () => stepSwitcher(-1),
        Tab: () => stepSwitcher(event.shiftKey ? -1 : 1),
        Home: () => choose(0),
        End: () => choose(ids.length - 1),
        Enter: takeSwitcher,
        ' ': takeSwitcher,
        Escape: closeSwitcher,
      };
      const act = keys[event.key];
      if (!act || at < 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    const up = (event: KeyboardEvent) => {
      if (held && event.key === 'Alt') takeSwitcher();
    };
    addEventListener('keydown', down, true);
    addEventListener('keyup', up, true);
    addEventListener('blur', closeSwitcher);
    return () => {
      removeEventListener('keydown', down, true);
      removeEventListener('keyup', up, true);
      removeEventListener('blur', closeSwitcher);
    };
  }, [isOpen]);
  return (
    isOpen && (
      <Suspense>
        <Switcher.component />
      </Suspense>
    )
  );
}

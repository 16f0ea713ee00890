/** Binds the default shortcuts of actions. */
import { tinykeys } from 'tinykeys';
import type { Action } from './action';

/** Runs each action when one of its shortcuts is pressed and it makes sense; returns what ends that. */
export function bindKeys(actions: readonly Action[]): () => void {
  const bindings: Record<string, (event: KeyboardEvent) => void> = {};
  for (const action of actions) {
    if (!('run' in action)) continue;
    for (const key of action.keys ?? []) {
      bindings[key] = (event) => {
        if (action.when?.() === false) return;
        event.preventDefault();
        action.run();
      };
    }
  }
  return tinykeys(window, bindings);
}

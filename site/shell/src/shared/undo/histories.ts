/** The history of each space in this tab. */
import { type Change, History } from './history';

const histories = new Map<string, History>();

export function historyOf(space: string): History {
  const known = histories.get(space);
  if (known) return known;
  const history = new History(Date.now);
  histories.set(space, history);
  return history;
}

/** Remembers a change of an item of a space. */
export function noteChange(space: string, change: Change): void {
  historyOf(space).add(change);
}

/** Forgets all, when the person signs out. */
export const forgetHistories = (): void => histories.clear();

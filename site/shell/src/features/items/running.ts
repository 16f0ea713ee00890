/** Which items' pages go on while their windows are hidden. Kept in the browser only. */
import * as v from 'valibot';
import { create } from 'zustand';

const KEY = 'prox.keep-running';

const schema = v.array(v.string());

function read(): readonly string[] {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}

const useRunning = create<{ items: readonly string[] }>(() => ({ items: read() }));

export const useKeepsRunning = (item: string): boolean =>
  useRunning(({ items }) => items.includes(item));

export function keepRunning(item: string, keep: boolean): void {
  const others = useRunning.getState().items.filter((one) => one !== item);
  const items = keep ? [...others, item] : others;
  useRunning.setState({ items });
  try {
    localStorage.setItem(KEY, JSON.stringify(items));
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
}

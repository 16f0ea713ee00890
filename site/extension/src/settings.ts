/** The chosen origin, the same in all browsers where the person is signed in to their browser. */
import { originOf } from './address.ts';

const KEY = 'origin';

/** Null before a home was chosen. */
export async function readOrigin(): Promise<string | null> {
  const { [KEY]: kept } = await chrome.storage.sync.get(KEY);
  const checked = typeof kept === 'string' ? originOf(kept) : null;
  return checked && 'origin' in checked ? checked.origin : null;
}

export const writeOrigin = (origin: string): Promise<void> =>
  chrome.storage.sync.set({ [KEY]: origin });

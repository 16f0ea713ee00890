/**
 * Who used this browser last, and when what it kept of their home was current. It is small and read at
 * every start; the data itself is in IndexedDB (`persist.ts`).
 */
import { forgetHome } from '@/shared/lib/last-home';

const KEY = 'prox.kept';

export type Kept = {
  /** The id of the person. */
  person: string;
  /** Milliseconds since 1970: when the server answered last. */
  at: number;
  /** The id of the space that was shown then. */
  space: string | null;
};

/** Null when nobody is signed in here, or storage is forbidden. */
export function readKept(): Kept | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const { person, at, space } = kept as Record<string, unknown>;
    if (typeof person !== 'string' || typeof at !== 'number') return null;
    return { person, at, space: typeof space === 'string' ? space : null };
  } catch {
    return null;
  }
}

/**
 * Calls `react` when another tab signed out or somebody else in, and when a page comes back from the
 * Back button's cache after that. `now` is the person who is signed in there, as far as it is known.
 */
export function watchKept(react: (now: string | null) => void): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const look = () => react(readKept()?.person ?? null);
  // The key is null when all of the storage was cleared.
  const stored = ({ key }: StorageEvent) => (key === KEY || key === null) && look();
  const shown = ({ persisted }: PageTransitionEvent) => persisted && look();
  addEventListener('storage', stored, { signal });
  addEventListener('pageshow', shown, { signal });
  return () => controller.abort();
}

/** Throws when storage is full or forbidden. */
export const writeKept = (kept: Kept): void => localStorage.setItem(KEY, JSON.stringify(kept));

/** Forgets all lists, because some of them are no longer the person's to read. */
export async function forgetLists(): Promise<void> {
  try {
    const { stored } = await import('./persist');
    await stored.clear();
  } catch {
    // Storage is closed: nothing was kept.
  }
}

/** Whether the session ended here. Until the next sign-in the cache may still hold the person's data. */
let forgotten = false;

export const wasForgotten = (): boolean => forgotten;

/** Somebody signed in: what the cache holds from now on may be kept. */
export function keepAgain(): void {
  forgotten = false;
}

/** Forgets everything of the person whose session ended. Other tabs then keep nothing more either. */
export async function forgetKept(): Promise<void> {
  forgotten = true;
  forgetHome();
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
  await forgetLists();
}

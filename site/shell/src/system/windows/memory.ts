/**
 * Keeps the windows of this tab over a reload: the place of each window, and the minimized ones. The
 * address names the other open windows.
 */
import * as v from 'valibot';
import type { Windows } from './model';
import { type Remembered, recallWindows, useWindows, type WindowFace } from './store';

const KEY = 'prox.windows';

const size = v.object({ width: v.number(), height: v.number() });
const rect = v.object({ ...size.entries, x: v.number(), y: v.number() });

const schema = v.object({
  /** Whose windows they are. */
  owner: v.string(),
  open: v.array(
    v.object({
      id: v.string(),
      size,
      cascade: v.number(),
      placed: v.nullable(v.object({ rect, area: size })),
      shape: v.picklist(['free', 'left', 'right', 'maximized']),
      minimized: v.boolean(),
    }),
  ),
  stack: v.array(v.string()),
  faces: v.record(v.string(), v.object({ title: v.string(), picture: v.nullable(v.string()) })),
});

type Faces = { faces: Readonly<Record<string, WindowFace>> };

export const textOf = ({ open, stack, faces }: Windows & Faces, owner: string): string =>
  JSON.stringify({ owner, open, stack, faces });

/**
 * The windows to open again: the minimized ones, and those that the address names. None when the
 * text is somebody else's, or not ours.
 */
export function windowsOf(
  text: string | null,
  owner: string,
  isNamed: (id: string) => boolean,
): Remembered | null {
  let read: unknown;
  try {
    read = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  const found = v.safeParse(schema, read);
  if (!found.success || found.output.owner !== owner) return null;
  const { open, stack, faces } = found.output;
  const windows = open
    .filter(({ id, minimized }) => minimized || isNamed(id))
    // What the address names can be seen.
    .map((win) => ({ ...win, minimized: !isNamed(win.id) }));
  const ids = new Set(windows.map(({ id }) => id));
  return {
    windows,
    stack: [...ids].sort((a, b) => stack.indexOf(a) - stack.indexOf(b)),
    faces: Object.fromEntries(Object.entries(faces).filter(([id]) => ids.has(id))),
  };
}

/** Opens the windows that were kept, and forgets them. */
export function recall(owner: string, isNamed: (id: string) => boolean): void {
  try {
    const found = windowsOf(sessionStorage.getItem(KEY), owner, isNamed);
    sessionStorage.removeItem(KEY);
    if (found) recallWindows(found);
  } catch {
    // Storage is closed: the address alone says what is open.
  }
}

/** Keeps the windows whenever the page is left; returns what ends that. */
export function remember(owner: string): () => void {
  const keep = () => {
    try {
      sessionStorage.setItem(KEY, textOf(useWindows.getState(), owner));
    } catch {
      // Storage is closed or full.
    }
  };
  addEventListener('pagehide', keep);
  return () => removeEventListener('pagehide', keep);
}

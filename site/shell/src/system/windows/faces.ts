/** What is kept of windows besides their places: what the dock shows, and sizes of closed ones. */
import type { Size } from './model';

/** What a window is called, its picture, and the colour of what it shows. */
export type WindowFace = { title: string; picture: string | null; color?: string | null };

export type Faces = Readonly<Record<string, WindowFace>>;
export type Sizes = Readonly<Record<string, Size>>;

/** The most sizes that a document keeps. */
const SIZES = 200;

/** The sizes after a window was closed: it is the newest, and the oldest ones are forgotten. */
export function withSize(sizes: Sizes, id: string, { width, height }: Size): Sizes {
  const { [id]: _, ...others } = sizes;
  const all = [...Object.entries(others), [id, { width, height }] as const];
  return Object.fromEntries(all.slice(-SIZES));
}

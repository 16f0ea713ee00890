/** What is remembered of a desktop, to bring it back. */
import type { JsonObject } from '@/shared/state/merge-patch';
import type { Desktop } from './model';
import { desktops } from './store';

/** A desktop without its windows. */
export type KeptDesktop = Partial<Pick<Desktop, 'name' | 'position'>> & {
  wallpaper?: string | null;
  /** What else its document has. */
  layout?: JsonObject;
};

export const layoutOf = (id: string): JsonObject => desktops()?.documentOf(id)?.value ?? {};

/** What brings a desktop back. Its windows are kept apart. */
export function keptOf({ id, name, position }: Desktop): KeptDesktop {
  const { windows: _, ...layout } = layoutOf(id);
  return { name, position, layout };
}

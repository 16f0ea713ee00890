/** Which folders are open on the desktop. Kept in the browser only. */
import { keptIds } from '@/shared/lib/kept-ids';

const folders = keptIds('prox.open-folders', 100);

export const useOpenFolders = folders.useAll;

export const isFolderOpen = folders.has;

/** Opens or closes a folder whose tile has the focus, and shows as much of it as there is room for. */
export function toggleFolder(folder: string): void {
  folders.set(folder, !folders.has(folder));
  requestAnimationFrame(() => {
    const tile = document.querySelector<HTMLElement>(`[data-tile="${CSS.escape(folder)}"]`);
    tile?.focus({ preventScroll: true });
    tile?.closest('[data-item]')?.scrollIntoView({ block: 'nearest' });
  });
}

/** Which folders are open in place on the desktop. Kept in the browser only. */
import { isCompact, useCompact } from '@/shared/lib/hooks';
import { keptIds } from '@/shared/lib/kept-ids';
import { openDialog } from '@/system/dialogs';

const folders = keptIds('prox.open-folders', 100);

const NONE: readonly string[] = [];

/** On a phone a folder opens as a sheet, and none in place. */
export function useOpenFolders(): readonly string[] {
  const open = folders.useAll();
  return useCompact() ? NONE : open;
}

export const isFolderOpen = (folder: string): boolean => !isCompact() && folders.has(folder);

/** Opens or closes a folder whose tile has the focus, and shows as much of it as there is room for. */
export function toggleFolder(folder: string): void {
  if (isCompact()) {
    openDialog('folder', { folder });
    return;
  }
  folders.set(folder, !folders.has(folder));
  requestAnimationFrame(() => {
    const tile = document.querySelector<HTMLElement>(`[data-tile="${CSS.escape(folder)}"]`);
    tile?.focus({ preventScroll: true });
    tile?.closest('[data-item]')?.scrollIntoView({ block: 'nearest' });
  });
}

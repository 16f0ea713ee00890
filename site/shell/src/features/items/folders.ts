/** Which folders are open on the desktop. Kept in the browser only. */
import * as v from 'valibot';
import { create } from 'zustand';

const KEY = 'prox.open-folders';

/** The most recently opened are kept. */
const MOST = 100;

const schema = v.array(v.string());

function read(): readonly string[] {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}

const useFolders = create<{ open: readonly string[] }>(() => ({ open: read() }));

export const useOpenFolders = (): readonly string[] => useFolders(({ open }) => open);

export const isFolderOpen = (folder: string): boolean =>
  useFolders.getState().open.includes(folder);

function setFolderOpen(folder: string, isOpen: boolean): void {
  const others = useFolders.getState().open.filter((one) => one !== folder);
  const open = isOpen ? [...others, folder].slice(-MOST) : others;
  useFolders.setState({ open });
  try {
    localStorage.setItem(KEY, JSON.stringify(open));
  } catch {
    // Storage is closed: the choice holds until the page is left.
  }
}

/** Opens or closes a folder whose tile has the focus, and shows as much of it as there is room for. */
export function toggleFolder(folder: string): void {
  setFolderOpen(folder, !isFolderOpen(folder));
  requestAnimationFrame(() => {
    const tile = document.querySelector<HTMLElement>(`[data-tile="${CSS.escape(folder)}"]`);
    tile?.focus({ preventScroll: true });
    tile?.closest('[data-item]')?.scrollIntoView({ block: 'nearest' });
  });
}

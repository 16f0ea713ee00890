/** The wallpaper of a desktop, a member of its document. */
import { useCallback, useSyncExternalStore } from 'react';
import { applyPatch } from '@/shared/state/merge-patch';
import { noteLayout } from '@/shared/undo/timeline';
import { useWindows } from '@/system/windows/store';
import { desktops, useDesktops } from './store';

/** The stored wallpaper of a desktop: `art:NAME`, `picture:HASH` or a URL; null for none. */
export function wallpaperOf(desktop: string): string | null {
  const stored = desktops()?.documentOf(desktop)?.value.wallpaper;
  return typeof stored === 'string' ? stored : null;
}

/** The stored wallpaper of the desktop that is shown. */
export function useWallpaper(): string | null {
  const shown = useWindows(({ desktop }) => desktop);
  const document = useDesktops(({ session }) => session?.documentOf(shown) ?? null);
  const subscribe = useCallback(
    (listener: () => void) => document?.subscribe(listener) ?? (() => {}),
    [document],
  );
  return useSyncExternalStore(subscribe, () => {
    const stored = document?.value.wallpaper;
    return typeof stored === 'string' ? stored : null;
  });
}

/** Keeps another wallpaper for the desktop that is shown; null for none. */
export function setWallpaper(stored: string | null): void {
  const { desktop } = useWindows.getState();
  const document = desktops()?.documentOf(desktop);
  if (!document) return;
  const before = document.value.wallpaper ?? null;
  if (before === stored) return;
  document.change((value) => applyPatch(value, { wallpaper: stored }));
  noteLayout({
    verb: 'wallpaper',
    title: useDesktops.getState().all.find(({ id }) => id === desktop)?.name ?? '',
    from: { desktops: { [desktop]: { wallpaper: before } } },
    to: { desktops: { [desktop]: { wallpaper: stored } } },
  });
}

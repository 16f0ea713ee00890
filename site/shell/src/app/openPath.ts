/** Shows what a path in the app names, as search and notifications give them. */
import { navigate } from 'wouter/use-browser-location';
import { restoreItemWindow } from '@/features/items/windows';
import { showRow } from '@/shared/rows/wanted';
import { openApp } from '@/system/apps';
import { focusWindow, useWindows } from '@/system/windows/store';
import { windowNamed, windowsNamed } from './address';
import { APPS } from './registry';

/** The slug of the organization that a path is of. */
const organizationOf = (path: string) => /^\/o\/([^/]+)/.exec(path)?.[1];

/**
 * Opens the windows that the path names. Another space is shown before, and for another organization
 * its desktop opens them when it starts. `apart`: in a tab of its own.
 */
export function openPath(path: string, apart = false): void {
  if (apart) {
    window.open(path, '_blank', 'noopener');
    return;
  }
  const { pathname, search } = new URL(path, location.origin);
  if (organizationOf(pathname) !== organizationOf(location.pathname)) {
    navigate(pathname + search);
    return;
  }
  // Without a space, the path means the organization as it is shown.
  if (/^\/o\/[^/]+\/./.test(pathname) && pathname !== location.pathname) {
    navigate(pathname, { replace: true });
  }
  for (const name of windowsNamed(search)) {
    const found = windowNamed(name, APPS);
    if (!found) continue;
    if ('app' in found) {
      openApp(found.app);
      if (found.row) showRow(found.app.id, found.row);
    } else if (useWindows.getState().open.some(({ id }) => id === found.item)) {
      focusWindow(found.item);
    } else restoreItemWindow(found.item);
  }
}

/**
 * A page that began at `/start` or `/share` shows the home first: the pages in windows of before wait
 * until the person brings their window to the front.
 */
import { useWindows } from './store';

/** The address that the page was opened with: the shell has changed it since. */
const [navigation] = performance.getEntriesByType('navigation');
const isStart =
  navigation !== undefined && /^\/(start|share)$/.test(new URL(navigation.name).pathname);

/** Whether the page in a window waits. */
export const useWaits = (id: string): boolean =>
  useWindows(({ open }) => isStart && open.some((win) => win.id === id && win.restored));

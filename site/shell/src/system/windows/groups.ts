/** Windows that have a kind or a site in common, which share a button of the dock. */
import { toast } from '@/shared/ui/toasts';
import { undoChange } from '@/shared/undo/timeline';
import { closeWindows, useWindows } from './store';

export type WindowGroup = { label: string; ids: readonly string[] };

/** The groups of several windows, on all desktops as in the dock, in the order of their first windows. */
export function windowGroups(): readonly WindowGroup[] {
  const { open, groups } = useWindows.getState();
  const all = new Map<string, string[]>();
  for (const { id } of open) {
    const label = groups[id];
    if (label !== undefined) all.set(label, [...(all.get(label) ?? []), id]);
  }
  return [...all].flatMap(([label, ids]) => (ids.length > 1 ? [{ label, ids }] : []));
}

/** Closes several windows at once, with a message that undoes it. */
export function closeGroup(ids: readonly string[]): void {
  const change = closeWindows(ids);
  if (!change) return;
  toast('info', `${ids.length} windows were closed.`, {
    label: 'Undo',
    run: () => undoChange(change),
    change,
  });
}

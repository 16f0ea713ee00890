/** How open windows share the room of the dock: each has a button, or the button of its group. Pure. */

export type DockWindow = { id: string; group: string | null };

/** One button. `label` names a group; null for a single window. */
export type DockEntry = { label: string | null; ids: readonly string[] };

const MORE = 'More';

/** Windows of a group that share a button anyway: so many icons that look alike tell nothing. */
const ALIKE = 3;

/** The windows, in their order, in at most `room` buttons without titles and at least one. */
export function dockEntries(windows: readonly DockWindow[], room: number): DockEntry[] {
  const places = Math.max(1, room);
  const entries = grouped(windows, places);
  if (entries.length <= places) return entries;
  const [kept, rest] = [entries.slice(0, places - 1), entries.slice(places - 1)];
  const label = kept.length === 0 ? 'Windows' : MORE;
  return [...kept, { label, ids: rest.flatMap(({ ids }) => ids) }];
}

/** Puts the largest groups together, and no more of the small ones than it takes. */
function grouped(windows: readonly DockWindow[], places: number): DockEntry[] {
  const groups = new Map<string, string[]>();
  for (const { id, group } of windows)
    if (group !== null) groups.set(group, [...(groups.get(group) ?? []), id]);
  const together = new Set<string>();
  let count = windows.length;
  for (const [group, ids] of [...groups].toSorted(([, a], [, b]) => b.length - a.length)) {
    if (ids.length < (count > places ? 2 : ALIKE)) break;
    together.add(group);
    count -= ids.length - 1;
  }
  return windows.flatMap(({ id, group }): DockEntry[] => {
    if (group === null || !together.has(group)) return [{ label: null, ids: [id] }];
    const ids = groups.get(group) ?? [];
    return ids[0] === id ? [{ label: group, ids }] : [];
  });
}

/** The rules of desktops: their order, and the neighbour that takes the windows of a removed one. */

export type Desktop = {
  id: string;
  name: string;
  /** Sort key; equal ones are ordered by id. */
  position: number;
  /** Only this browser has it: the server did not create it yet. */
  isNew?: boolean;
};

/** The most desktops that the API keeps for one person in an organization. */
export const MOST_DESKTOPS = 50;

/** Between two neighbours, so that one can be put between them without a change of others. */
const GAP = 1_000;

export const inOrder = (all: readonly Desktop[]): Desktop[] =>
  all.toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));

export const nextPosition = (all: readonly Desktop[]): number =>
  Math.max(0, ...all.map(({ position }) => position)) + GAP;

/** The desktop before `id`, else the one after it, of those that `fits`. */
export function neighbourOf(
  all: readonly Desktop[],
  id: string,
  fits: (desktop: Desktop) => boolean = () => true,
): Desktop | null {
  const at = all.findIndex((one) => one.id === id);
  const usable = (one: Desktop) => one.id !== id && fits(one);
  return all.slice(0, Math.max(0, at)).findLast(usable) ?? all.slice(at + 1).find(usable) ?? null;
}

/** The desktop that is `by` steps further, round and round. */
export function stepFrom(all: readonly Desktop[], id: string, by: number): Desktop | null {
  const at = all.findIndex((one) => one.id === id);
  return all[(at + by + all.length * Math.abs(by)) % all.length] ?? null;
}

/** The positions after a desktop was moved to place `to`; only of those that change. */
export function moved(
  all: readonly Desktop[],
  id: string,
  to: number,
): Map<string, { position: number }> {
  const own = all.find((one) => one.id === id);
  const changes = new Map<string, { position: number }>();
  if (!own) return changes;
  const others = all.filter((one) => one.id !== id);
  const order = [...others.slice(0, to), own, ...others.slice(to)];
  const [before, after] = [others[to - 1]?.position, others[to]?.position];
  const free =
    before === undefined
      ? (after ?? 0) - GAP
      : after === undefined
        ? before + GAP
        : Math.floor((before + after) / 2);
  const fits = (before ?? free - 1) < free && free < (after ?? free + 1);
  if (fits) {
    if (free !== own.position) changes.set(id, { position: free });
    return changes;
  }
  // No number is left between the neighbours: all get new ones.
  for (const [at, one] of order.entries()) {
    const position = (at + 1) * GAP;
    if (position !== one.position) changes.set(one.id, { position });
  }
  return changes;
}

/** A name that no desktop has yet. */
export function freshName(all: readonly Desktop[]): string {
  const taken = new Set(all.map(({ name }) => name));
  for (let number = all.length + 1; ; number += 1) {
    const name = `Desktop ${number}`;
    if (!taken.has(name)) return name;
  }
}

/** Changes of shortcuts: conflicts, and the file by which they are exported and imported. */
import * as v from 'valibot';
import type { Action } from '@/shared/actions/action';
import { identity, labelOf, parseKeys, refusalOf } from '@/shared/actions/keys';
import type { Overrides } from '@/shared/actions/overrides';
import { keysOf } from '@/shared/actions/registry';

/** What changes, by the id of the action; null restores the default shortcuts. */
export type Change = Record<string, readonly string[] | null>;

export const isEditable = ({ fixedKeys }: Action): boolean => fixedKeys === undefined;

function same(one: string, other: string, apple: boolean): boolean {
  const [a, b] = [parseKeys(one, apple), parseKeys(other, apple)];
  return a !== null && b !== null && identity(a) === identity(b);
}

/** The other action that has a shortcut. */
export const ownerOf = (
  keys: string,
  except: string,
  actions: readonly Action[],
  overrides: Overrides,
  apple: boolean,
): Action | null =>
  actions.find(
    (action) =>
      action.id !== except && keysOf(action, overrides).some((own) => same(own, keys, apple)),
  ) ?? null;

const equal = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((keys, at) => keys === other[at]);

/** The shortcuts to store for an action: none when they are the default ones. */
const stored = (action: Action, keys: readonly string[]) =>
  equal(keys, action.keys ?? []) ? null : keys;

/** Gives an action one shortcut, and takes it from the action that had it. */
export function assign(
  action: Action,
  keys: string,
  actions: readonly Action[],
  overrides: Overrides,
  apple: boolean,
): Change {
  const owner = ownerOf(keys, action.id, actions, overrides, apple);
  const left = owner && keysOf(owner, overrides).filter((own) => !same(own, keys, apple));
  return {
    [action.id]: stored(action, [keys]),
    ...(owner && left && { [owner.id]: stored(owner, left) }),
  };
}

/** Restores the default shortcuts of an action; a shortcut that another one took stays there. */
export function reset(
  action: Action,
  actions: readonly Action[],
  overrides: Overrides,
  apple: boolean,
): Change {
  const free = (action.keys ?? []).filter(
    (keys) => !ownerOf(keys, action.id, actions, overrides, apple),
  );
  return { [action.id]: stored(action, free) };
}

const FORMAT = 'prox-shortcuts';

const file = v.object({
  format: v.literal(FORMAT),
  version: v.literal(1),
  shortcuts: v.record(v.string(), v.array(v.string())),
});

export const exported = (overrides: Overrides): string =>
  `${JSON.stringify({ format: FORMAT, version: 1, shortcuts: overrides }, null, 2)}\n`;

/** What an import would do: each change in words, and what is left out and why. */
export type Preview = {
  change: Change;
  rows: readonly { id: string; title: string; from: readonly string[]; to: readonly string[] }[];
  problems: readonly string[];
};

/** Reads an exported file; null when the text is not one. Nothing changes yet. */
export function previewOf(
  text: string,
  actions: readonly Action[],
  overrides: Overrides,
  apple: boolean,
): Preview | null {
  let read: v.InferOutput<typeof file>;
  try {
    read = v.parse(file, JSON.parse(text));
  } catch {
    return null;
  }
  const problems: string[] = [];
  const wanted: Record<string, readonly string[]> = {};
  for (const [id, keys] of Object.entries(read.shortcuts)) {
    const action = actions.find((one) => one.id === id);
    if (!action || !isEditable(action)) {
      problems.push(`“${id}” is not an action whose shortcut can change here.`);
      continue;
    }
    wanted[id] = keys.filter((one) => {
      const refusal = refusalOf(one, apple);
      if (refusal)
        problems.push(`${labelOf(one, apple)} for “${action.title}” is left out. ${refusal}`);
      return refusal === null;
    });
  }
  // The import replaces all own shortcuts; of two actions with one shortcut, the first keeps it.
  const after: Record<string, readonly string[]> = {};
  const owners = new Map<string, Action>();
  const own = actions.toSorted((a, b) => Number(b.id in wanted) - Number(a.id in wanted));
  for (const action of own.filter(isEditable)) {
    const keys = wanted[action.id] ?? action.keys ?? [];
    after[action.id] = keys.filter((one) => {
      const chord = parseKeys(one, apple);
      const name = chord && identity(chord);
      const owner = name === null ? undefined : owners.get(name);
      if (owner) {
        problems.push(
          `${labelOf(one, apple)} for “${action.title}” is left out. “${owner.title}” has it.`,
        );
      } else if (name !== null) owners.set(name, action);
      return !owner;
    });
  }
  const changed = actions.filter(
    (action) => isEditable(action) && !equal(after[action.id] ?? [], keysOf(action, overrides)),
  );
  return {
    change: Object.fromEntries(
      changed.map((action) => [action.id, stored(action, after[action.id] ?? [])]),
    ),
    rows: changed.map((action) => ({
      id: action.id,
      title: action.title,
      from: keysOf(action, overrides),
      to: after[action.id] ?? [],
    })),
    problems,
  };
}

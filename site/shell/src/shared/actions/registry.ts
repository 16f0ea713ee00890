/** The registered actions, and what menus, shortcuts and the palette read of them. */
import { create } from 'zustand';
import type { MenuEntry } from '@/shared/ui/menu';
import type { Action } from './action';
import { ariaOf, type Chord, isApple, type KeyPress, labelOf, matches, parseKeys } from './keys';
import { overrides, useOverrides } from './overrides';

/** A later list stands in front of an earlier one that has the same id. */
const useRegistry = create<{ lists: readonly (readonly Action[])[] }>(() => ({ lists: [] }));

/** Makes actions known until the answered function is called. */
export function registerActions(actions: readonly Action[]): () => void {
  useRegistry.setState(({ lists }) => ({ lists: [actions, ...lists] }));
  return () =>
    useRegistry.setState(({ lists }) => ({ lists: lists.filter((list) => list !== actions) }));
}

const known = (lists: readonly (readonly Action[])[]): readonly Action[] => {
  const all = lists.toReversed().flat();
  return [...new Map(all.map((action) => [action.id, action])).values()];
};

export const allActions = (): readonly Action[] => known(useRegistry.getState().lists);

/** All registered actions, also those that make no sense now. */
export const useActions = (): readonly Action[] => known(useRegistry(({ lists }) => lists));

export const actionById = (id: string): Action | null =>
  allActions().find((action) => action.id === id) ?? null;

export const isPossible = ({ when }: Action): boolean => when === undefined || when();

type Hosts = {
  /** Shows the step that asks the person before an action acts. */
  openStep: (action: string) => void;
  /** Hears of every action that acts. */
  onRun: (action: string) => void;
};

const hosts: Hosts = { openStep: () => {}, onRun: () => {} };

/** Sets who shows steps and who counts uses. */
export function setActionHosts(change: Partial<Hosts>): void {
  Object.assign(hosts, change);
}

export const noteRun = (id: string): void => hosts.onRun(id);

/** Runs an action, or asks what it needs first. Answers false when it cannot run now. */
export function runAction(id: string): boolean {
  const action = actionById(id);
  if (!action || 'local' in action || !isPossible(action)) return false;
  if ('run' in action) {
    noteRun(id);
    action.run();
  } else hosts.openStep(id);
  return true;
}

/** Runs one choice of an action that asks for one, for a menu that shows the choices itself. */
export function runChoice(id: string, choice: string): void {
  const action = actionById(id);
  if (!action || !('choose' in action) || !isPossible(action)) return;
  const found = action.choose.choices().find((one) => one.id === choice);
  if (!found || !('run' in found)) return;
  noteRun(id);
  found.run();
}

/** The shortcuts of an action: those of the person, else the default ones. */
export function keysOf(action: Action, changed = overrides()): readonly string[] {
  if (action.fixedKeys !== undefined) return [];
  return changed[action.id] ?? action.keys ?? [];
}

const parsed = new Map<string, Chord | null>();

function chordOf(keys: string): Chord | null {
  if (!parsed.has(keys)) parsed.set(keys, parseKeys(keys, isApple()));
  return parsed.get(keys) ?? null;
}

const isOneOf = (event: KeyPress, shortcuts: readonly string[]) =>
  shortcuts.some((keys) => {
    const chord = chordOf(keys);
    return chord !== null && matches(event, chord);
  });

const pressedFor = (event: KeyPress, action: Action) => isOneOf(event, keysOf(action));

/** Whether the person gave this shortcut to an action, which may not be registered yet. */
export const isTaken = (event: KeyPress): boolean =>
  isOneOf(event, Object.values(overrides()).flat());

/** Whether an event is a shortcut of an action that the caller acts on itself. */
export function isPressed(event: KeyPress, id: string): boolean {
  const action = actionById(id);
  return action !== null && pressedFor(event, action);
}

/** The action that a key press runs now. */
export function actionFor(event: KeyPress & { repeat: boolean }, inField: boolean): Action | null {
  const found = allActions().find(
    (action) =>
      !('local' in action) &&
      (!inField || action.inFields === true) &&
      (!event.repeat || action.repeats === true) &&
      pressedFor(event, action) &&
      isPossible(action),
  );
  return found ?? null;
}

/** Whether an event is a shortcut that the view with the focus acts on. */
export const isLocal = (event: KeyPress): boolean =>
  allActions().some((action) => 'local' in action && pressedFor(event, action));

/** The first shortcut of an action in the words of the system; undefined when it has none. */
export function hintOf(id: string): string | undefined {
  const action = actionById(id);
  if (action?.fixedKeys !== undefined) return action.fixedKeys;
  const keys = action && keysOf(action)[0];
  return keys ? labelOf(keys, isApple()) : undefined;
}

/** The same for a component, which is rendered again when the person changes the shortcut. */
export function useHint(id: string): string | undefined {
  useActions();
  useOverrides();
  return hintOf(id);
}

/** The shortcuts of an action as a value of `aria-keyshortcuts`. */
export function ariaKeysOf(id: string): string | undefined {
  const action = actionById(id);
  const all = action ? keysOf(action).map((keys) => ariaOf(keys, isApple())) : [];
  return all.length > 0 ? all.join(' ') : undefined;
}

type MenuAction = Extract<MenuEntry, { kind: 'action' }>;

/**
 * The entry of a menu for an action. `change`: what differs here, as a title or what it acts on. An open
 * menu reads it again when actions are registered: until its action is, the entry has no label.
 */
export function menuEntry(id: string, change: Partial<Omit<MenuAction, 'kind'>> = {}): MenuAction {
  return {
    kind: 'action',
    get label() {
      return actionById(id)?.title ?? '';
    },
    get icon() {
      return actionById(id)?.icon;
    },
    get hint() {
      return hintOf(id);
    },
    get disabled() {
      const action = actionById(id);
      return change.run ? false : !action || !isPossible(action);
    },
    run: () => void runAction(id),
    ...change,
  };
}

import { Pencil } from 'lucide-react';
import { afterEach, expect, it, vi } from 'vitest';
import { usePreferences } from '@/shared/state/preferences';
import type { Action } from './action';
import { changeOverrides } from './overrides';
import {
  actionById,
  actionFor,
  allActions,
  hintOf,
  isPressed,
  menuEntry,
  registerActions,
  runAction,
  setActionHosts,
} from './registry';

const action = (id: string, more: Partial<Action> = {}): Action =>
  ({ id, title: `Title of ${id}`, group: 'Items', run: () => {}, ...more }) as Action;

const ends: (() => void)[] = [];
const register = (...actions: Action[]) => {
  const end = registerActions(actions);
  ends.push(end);
  return end;
};

afterEach(() => {
  for (const end of ends.splice(0)) end();
  usePreferences.setState({ shortcuts: undefined });
  setActionHosts({ openStep: () => {}, onRun: () => {} });
});

const press = (key: string, held = {}) => ({
  key,
  code: `Key${key.toUpperCase()}`,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  repeat: false,
  ...held,
});

it('an action is known until its list is taken back', () => {
  const end = register(action('a.b'));
  expect(actionById('a.b')?.title).toBe('Title of a.b');
  end();
  expect(actionById('a.b')).toBeNull();
});

it('of two with one id, the later list holds', () => {
  const end = register(action('a.b', { title: 'Later' }));
  register(action('a.b', { title: 'Latest' }));
  expect(allActions().map(({ title }) => title)).toEqual(['Latest']);
  end();
  expect(allActions().map(({ title }) => title)).toEqual(['Latest']);
});

it('an action runs only when it makes sense', () => {
  const run = vi.fn();
  let possible = false;
  register(action('a.b', { run, when: () => possible } as Partial<Action>));
  expect(runAction('a.b')).toBe(false);
  possible = true;
  expect(runAction('a.b')).toBe(true);
  expect(runAction('unknown')).toBe(false);
  expect(run).toHaveBeenCalledTimes(1);
});

it('an action that asks first opens its step', () => {
  const openStep = vi.fn();
  const onRun = vi.fn();
  setActionHosts({ openStep, onRun });
  const { run: _, ...rest } = action('a.b') as Action & { run: () => void };
  register({ ...rest, choose: { prompt: 'One', choices: () => [] } });
  expect(runAction('a.b')).toBe(true);
  expect(openStep).toHaveBeenCalledWith('a.b');
  expect(onRun).not.toHaveBeenCalled();
});

it('a shortcut of the person replaces the default one', () => {
  register(action('a.b', { keys: ['$mod+k'] }));
  expect(actionFor(press('k', { ctrlKey: true }), false)?.id).toBe('a.b');
  changeOverrides({ 'a.b': ['j'] });
  expect(actionFor(press('k', { ctrlKey: true }), false)).toBeNull();
  expect(actionFor(press('j'), false)?.id).toBe('a.b');
  expect(hintOf('a.b')).toBe('J');
  changeOverrides({ 'a.b': [] });
  expect(actionFor(press('j'), false)).toBeNull();
  expect(hintOf('a.b')).toBeUndefined();
  changeOverrides({ 'a.b': null });
  expect(hintOf('a.b')).toBe('Ctrl+K');
});

it('a shortcut acts in a text field only when its action says so', () => {
  register(action('a.b', { keys: ['j'] }), action('c.d', { keys: ['$mod+k'], inFields: true }));
  expect(actionFor(press('j'), true)).toBeNull();
  expect(actionFor(press('k', { ctrlKey: true }), true)?.id).toBe('c.d');
});

it('a held key acts again only when its action says so', () => {
  register(action('a.b', { keys: ['j'] }), action('c.d', { keys: ['i'], repeats: true }));
  expect(actionFor(press('j', { repeat: true }), false)).toBeNull();
  expect(actionFor(press('i', { repeat: true }), false)?.id).toBe('c.d');
});

it('of two with one shortcut, the possible one acts', () => {
  register(action('a.b', { keys: ['j'], when: () => false }), action('c.d', { keys: ['j'] }));
  expect(actionFor(press('j'), false)?.id).toBe('c.d');
});

it('a local action is never run from elsewhere', () => {
  const { run: _, ...rest } = action('a.b', { keys: ['F2'] }) as Action & { run: () => void };
  register({ ...rest, local: true });
  const event = { ...press('F2'), code: 'F2' };
  expect(actionFor(event, false)).toBeNull();
  expect(runAction('a.b')).toBe(false);
  expect(isPressed(event, 'a.b')).toBe(true);
});

it('a menu takes title, icon, shortcut and state from the action', () => {
  const run = vi.fn();
  register(
    action('a.b', { icon: Pencil, keys: ['$mod+Shift+k'], run } as Partial<Action>),
    action('c.d', { when: () => false }),
  );
  const entry = menuEntry('a.b');
  expect(entry).toMatchObject({
    kind: 'action',
    label: 'Title of a.b',
    icon: Pencil,
    hint: 'Ctrl+Shift+K',
    disabled: false,
  });
  entry.run();
  expect(run).toHaveBeenCalledTimes(1);
  expect(menuEntry('c.d').disabled).toBe(true);
  expect(menuEntry('a.b', { label: 'Here' }).label).toBe('Here');
  // What a menu acts on itself is possible.
  expect(menuEntry('c.d', { run }).disabled).toBe(false);
});

it('the entry of a menu follows an action that is registered later', () => {
  const entry = menuEntry('test.late');
  const named = menuEntry('test.late', { label: 'Settings' });
  expect([entry.label, entry.disabled]).toEqual(['', true]);
  expect([named.label, named.disabled]).toEqual(['Settings', true]);
  const end = registerActions([
    { id: 'test.late', title: 'Late', group: 'Help', keys: ['F9'], run: () => {} },
  ]);
  expect([entry.label, entry.hint, entry.disabled]).toEqual(['Late', 'F9', false]);
  expect([named.label, named.disabled]).toEqual(['Settings', false]);
  end();
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { takeTyped, typeAhead } from '@/shared/lib/typed-ahead';
import { usePreferences } from '@/shared/state/preferences';
import type { Action } from './action';
import { listenToShortcuts, shortcutsComplete } from './listen';
import { changeOverrides } from './overrides';
import { registerActions } from './registry';

const ends: (() => void)[] = [];
const page = new EventTarget();

beforeEach(() => {
  vi.stubGlobal('Element', class {});
  vi.stubGlobal('document', { querySelector: () => null });
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  ends.push(listenToShortcuts());
});

afterEach(() => {
  for (const end of ends.splice(0)) end();
  usePreferences.setState({ shortcuts: undefined });
  vi.unstubAllGlobals();
});

const register = (run: () => void, keys: string[]) => {
  const action: Action = { id: 'late.one', title: 'Late', group: 'Items', keys, run };
  ends.push(registerActions([action]));
};

/** Whether the browser's own use of the keys was prevented. */
function press(key: string, timeStamp = performance.now(), ctrlKey = true): boolean {
  const event = new Event('keydown', { cancelable: true });
  const held = { altKey: false, shiftKey: false, metaKey: false, ctrlKey, repeat: false };
  const getModifierState = () => false;
  Object.assign(event, { key, code: `Key${key.toUpperCase()}`, ...held, getModifierState });
  Object.defineProperty(event, 'timeStamp', { value: timeStamp });
  page.dispatchEvent(event);
  return event.defaultPrevented;
}

it('a key press before all actions are there runs its action once', () => {
  const run = vi.fn();
  press('y');
  register(run, ['Control+y']);
  expect(run).not.toHaveBeenCalled();
  shortcutsComplete();
  shortcutsComplete();
  expect(run).toHaveBeenCalledOnce();
});

it('only the last of several early key presses counts', () => {
  const run = vi.fn();
  press('y');
  press('x');
  register(run, ['Control+y']);
  shortcutsComplete();
  expect(run).not.toHaveBeenCalled();
});

it('text after an early shortcut is text for the field that it opens', () => {
  const type = (text: string) => {
    for (const key of text) expect(press(key, performance.now(), false)).toBe(true);
  };
  press('y');
  type('dark');
  register(() => typeAhead(), ['Control+y']);
  shortcutsComplete();
  expect(takeTyped()).toBe('dark');

  // A shortcut that opens no field leaves it.
  ends.push(listenToShortcuts());
  press('x');
  type('dark');
  const run = vi.fn();
  register(run, ['Control+x']);
  shortcutsComplete();
  expect(run).toHaveBeenCalledOnce();
  expect(takeTyped()).toBe('');
});

it('an early key press that a view acts on reaches the view again', () => {
  const { document } = globalThis;
  vi.stubGlobal('KeyboardEvent', class extends Event {});
  const pressed = vi.fn();
  page.addEventListener('keydown', pressed);
  ends.push(() => page.removeEventListener('keydown', pressed));
  const local = { title: 'Late', group: 'Items', local: true } as const;
  ends.push(registerActions([{ ...local, id: 'late.local', keys: ['Control+y'] }]));

  press('y');
  // The focus is elsewhere meanwhile.
  shortcutsComplete();
  expect(pressed).toHaveBeenCalledTimes(1);

  ends.push(listenToShortcuts());
  Object.assign(document, { activeElement: page });
  press('x');
  shortcutsComplete();
  expect(pressed).toHaveBeenCalledTimes(2);

  ends.push(listenToShortcuts());
  press('y');
  shortcutsComplete();
  expect(pressed).toHaveBeenCalledTimes(4);
});

it('a key press that waited too long is forgotten', () => {
  const run = vi.fn();
  press('y', performance.now() - 5_000);
  register(run, ['Control+y']);
  shortcutsComplete();
  expect(run).not.toHaveBeenCalled();
});

it('keys that the person chose are kept from the browser, also early', () => {
  expect(press('j')).toBe(false);
  changeOverrides({ 'late.one': ['Control+j'] });
  expect(press('j')).toBe(true);
});

it('keys without an action are forgotten when all actions are there', () => {
  const run = vi.fn();
  shortcutsComplete();
  press('y');
  register(run, ['Control+y']);
  shortcutsComplete();
  expect(run).not.toHaveBeenCalled();
});

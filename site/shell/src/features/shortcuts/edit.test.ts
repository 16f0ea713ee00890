import { expect, it } from 'vitest';
import type { Action } from '@/shared/actions/action';
import { assign, exported, ownerOf, previewOf, reset } from './edit';

const action = (id: string, keys: string[] = [], more: object = {}): Action => ({
  id,
  title: `Title of ${id}`,
  group: 'Items',
  keys,
  run: () => {},
  ...more,
});

const ACTIONS = [
  action('palette.open', ['$mod+k']),
  action('window.close', ['Control+Alt+w']),
  action('space.new'),
  action('tile.go', [], { fixedKeys: 'Arrow keys' }),
];
const [PALETTE, CLOSE, NEW] = ACTIONS as [Action, Action, Action, Action];

it('finds the action that has a shortcut, in any spelling', () => {
  const of = (keys: string, except = '', apple = false) =>
    ownerOf(keys, except, ACTIONS, {}, apple)?.id;
  expect(of('Control+K')).toBe('palette.open');
  expect(of('Control+K', '', true)).toBeUndefined();
  expect(of('Meta+k', '', true)).toBe('palette.open');
  expect(of('$mod+k', 'palette.open')).toBeUndefined();
  expect(of('F9')).toBeUndefined();
});

it('a free shortcut is only added', () => {
  expect(assign(NEW, 'F9', ACTIONS, {}, false)).toEqual({ 'space.new': ['F9'] });
});

it('a shortcut is taken from the action that had it', () => {
  expect(assign(NEW, '$mod+k', ACTIONS, {}, false)).toEqual({
    'space.new': ['$mod+k'],
    'palette.open': [],
  });
});

it('the default shortcut is no own one', () => {
  const overrides = { 'palette.open': ['F9'] };
  expect(assign(PALETTE, '$mod+k', ACTIONS, overrides, false)).toEqual({ 'palette.open': null });
});

it('a reset restores the default, unless another action has it now', () => {
  expect(reset(CLOSE, ACTIONS, { 'window.close': ['F9'] }, false)).toEqual({
    'window.close': null,
  });
  const taken = { 'window.close': ['F9'], 'space.new': ['Control+Alt+w'] };
  expect(reset(CLOSE, ACTIONS, taken, false)).toEqual({ 'window.close': [] });
});

it('what is exported is imported', () => {
  const overrides = { 'window.close': ['F9'], 'space.new': ['$mod+k'], 'palette.open': [] };
  const preview = previewOf(exported(overrides), ACTIONS, {}, false);
  expect(preview?.problems).toEqual([]);
  expect(preview?.change).toEqual(overrides);
  expect(preview?.rows).toContainEqual({
    id: 'window.close',
    title: 'Title of window.close',
    from: ['Control+Alt+w'],
    to: ['F9'],
  });
});

it('an import replaces all own shortcuts', () => {
  const preview = previewOf(exported({}), ACTIONS, { 'window.close': ['F9'] }, false);
  expect(preview?.change).toEqual({ 'window.close': null });
});

it('what cannot be used is left out, and reported', () => {
  const text = exported({
    'nothing.such': ['F9'],
    'tile.go': ['F8'],
    'window.close': ['$mod+w', 'F9'],
    'space.new': ['F9'],
  });
  const preview = previewOf(text, ACTIONS, {}, false);
  expect(preview?.change).toEqual({ 'window.close': ['F9'] });
  expect(preview?.problems).toEqual([
    '“nothing.such” is not an action whose shortcut can change here.',
    '“tile.go” is not an action whose shortcut can change here.',
    'Ctrl+W for “Title of window.close” is left out. The browser keeps it for itself.',
    'F9 for “Title of space.new” is left out. “Title of window.close” has it.',
  ]);
});

it.each([
  '',
  'nonsense',
  '[]',
  '{}',
  '{"format":"other","version":1,"shortcuts":{}}',
  '{"format":"prox-shortcuts","version":2,"shortcuts":{}}',
  '{"format":"prox-shortcuts","version":1,"shortcuts":{"a.b":"F9"}}',
])('refuses the file %j', (text) => {
  expect(previewOf(text, ACTIONS, {}, false)).toBeNull();
});

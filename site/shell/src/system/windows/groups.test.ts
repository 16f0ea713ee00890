import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registerActions, runChoice } from '@/shared/actions/registry';
import { timeline } from '@/shared/undo/timeline';
import { WINDOW_ACTIONS } from './actions';
import { windowGroups } from './groups';
import { dispatch, groupWindow, useWindows } from './store';

const initial = useWindows.getState();
let unregister = () => {};

beforeEach(() => {
  // The focus moves on in a page only.
  vi.stubGlobal('requestAnimationFrame', () => 0);
  unregister = registerActions(WINDOW_ACTIONS);
  const size = { width: 400, height: 300 };
  for (const [id, group] of [
    ['a', 'Cards'],
    ['b', 'a.example'],
    ['c', 'Cards'],
    ['d', null],
  ] as const) {
    dispatch({ type: 'open', id, size });
    if (group) groupWindow(id, group);
  }
});

afterEach(() => {
  unregister();
  useWindows.setState(initial, true);
  timeline.clear();
  vi.unstubAllGlobals();
});

const openIds = () => useWindows.getState().open.map(({ id }) => id);

it('windows with something in common are a group', () => {
  expect(windowGroups()).toEqual([{ label: 'Cards', ids: ['a', 'c'] }]);
});

it('the windows of a group close together, as one change', () => {
  runChoice('window.close-group', 'Cards');
  expect(openIds()).toEqual(['b', 'd']);
  expect(timeline.past).toHaveLength(1);
  expect(windowGroups()).toEqual([]);
  runChoice('window.close-group', 'a.example');
  expect(openIds()).toEqual(['b', 'd']);
});

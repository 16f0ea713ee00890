import { expect, it } from 'vitest';
import { currentAt } from './current';

const kept = { person: 'usr_1', at: 500, space: 'spc_shown' };

it.each([
  ['nothing is known', 'spc_shown', undefined, null, null],
  ['nothing was fetched', 'spc_shown', [0, false], 900, null],
  ['fetched in this session', 'spc_shown', [600, false], 900, 900],
  ['changed since, not fetched yet', 'spc_other', [600, true], 900, 600],
  ['restored, and shown when the server answered last', 'spc_shown', [100, true], null, 500],
  ['restored, but not shown then', 'spc_other', [100, true], null, 100],
  ['restored, fetched after the last note', 'spc_shown', [700, true], null, 700],
] as const)('%s', (_, space, state, lastAnswer, expected) => {
  const known = state && { dataUpdatedAt: state[0], isInvalidated: state[1] };
  expect(currentAt(space, known, kept, lastAnswer)).toBe(expected);
});

it('a kept home of nobody proves nothing', () => {
  expect(currentAt('spc_shown', { dataUpdatedAt: 100, isInvalidated: true }, null, null)).toBe(100);
});

import { expect, it } from 'vitest';
import { keys, staleKeys } from './keys';

it('keys are nouns with ids, as on the server', () => {
  expect(keys.items('spc_1')).toEqual(['items', 'spc_1']);
  expect(keys.events('inst_1')).toEqual(['events', 'inst_1']);
  expect(keys.spaces('org_1')).toEqual(['spaces', 'org_1']);
});

it('passes the keys of the server through', () => {
  expect(
    staleKeys([
      ['items', 'spc_1'],
      ['space', 'spc_1'],
    ]),
  ).toEqual([
    ['items', 'spc_1'],
    ['space', 'spc_1'],
  ]);
});

it('a changed organization refreshes the list, too', () => {
  expect(staleKeys([['organization', 'org_1']])).toEqual([
    ['organization', 'org_1'],
    ['organizations'],
  ]);
});

it('empty and repeated keys are dropped', () => {
  expect(staleKeys([[], ['items', 'spc_1'], ['items', 'spc_1']])).toEqual([['items', 'spc_1']]);
});

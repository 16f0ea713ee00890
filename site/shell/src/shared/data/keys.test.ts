import { expect, it } from 'vitest';
import { keys, staleKeys } from './keys';

it('names what the server names, with ids', () => {
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

it('knows that an organization also stands in the list of organizations', () => {
  expect(staleKeys([['organization', 'org_1']])).toEqual([
    ['organization', 'org_1'],
    ['organizations'],
  ]);
});

it('never invalidates everything by an empty key, and nothing twice', () => {
  expect(staleKeys([[], ['items', 'spc_1'], ['items', 'spc_1']])).toEqual([['items', 'spc_1']]);
});

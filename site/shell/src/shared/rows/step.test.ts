import { expect, it } from 'vitest';
import { type List, LONGEST_WAIT, nextStep, type Step } from './step';

const AT = 1_000_000;
const wanted = { app: 'members', row: 'member_1', at: AT };
const list: List = {
  ids: ['member_2'],
  fetchedAt: AT + 100,
  isFetching: false,
  isStuck: false,
  hasMore: false,
};

it.each<[name: string, change: Partial<List>, step: Step]>([
  ['a list that is not there yet', { ids: undefined, isFetching: true }, 'wait'],
  ['a list that failed', { ids: undefined, isStuck: true }, 'wait'],
  ['a list with the row', { ids: ['member_2', 'member_1'] }, 'show'],
  ['a list with the row that is fetched again', { ids: ['member_1'], isFetching: true }, 'show'],
  ['a list from before', { fetchedAt: AT - 1 }, 'refresh'],
  ['a list from before that is fetched again', { fetchedAt: AT - 1, isFetching: true }, 'wait'],
  [
    'a list from before, without a network',
    { fetchedAt: AT - 1, isStuck: true },
    'say it is missing',
  ],
  ['a list with further pages', { hasMore: true }, 'fetch more'],
  ['a list from before with further pages', { hasMore: true, fetchedAt: AT - 1 }, 'refresh'],
  ['a list whose next page failed', { hasMore: true, isStuck: true }, 'say it is missing'],
  ['a list without the row', {}, 'say it is missing'],
  ['an empty list', { ids: [] }, 'say it is missing'],
])('%s', (_name, change, step) => {
  expect(nextStep(wanted, { ...list, ...change }, AT + 200)).toBe(step);
});

it('a row that comes too late is not shown', () => {
  const late = { ...list, ids: ['member_1'] };
  expect(nextStep(wanted, late, AT + LONGEST_WAIT)).toBe('show');
  expect(nextStep(wanted, late, AT + LONGEST_WAIT + 1)).toBe('forget');
});

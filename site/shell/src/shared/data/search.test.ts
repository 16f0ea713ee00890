import type { SearchResult } from '@prox/api-client';
import { expect, it } from 'vitest';
import { resultsOf } from './search';

const result = (id: string, type: SearchResult['type'] = 'item'): SearchResult => ({
  type,
  id,
  title: id,
  title_segments: [],
  snippet: [],
  url: '/o/ada',
  why: 'Your home',
  organization: { id: 'org_1', slug: 'ada', name: 'Ada' },
  space: null,
  item_kind: null,
  icon: null,
});

it('a result on two pages is shown once, where it was first', () => {
  const pages = [{ items: [result('a'), result('b')] }, { items: [result('b'), result('c')] }];
  expect(resultsOf(pages).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

it('results of two types may have the same id', () => {
  expect(resultsOf([{ items: [result('a'), result('a', 'member')] }])).toHaveLength(2);
});

it('nothing found is an empty list', () => {
  expect(resultsOf([])).toEqual([]);
});

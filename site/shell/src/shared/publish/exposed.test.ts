import type { ItemExposure, Warning } from '@prox/api-client';
import { expect, it } from 'vitest';
import { exposedBy } from './exposed';

const warnings: Warning[] = [{ kind: 'secret', field: 'body', text: 'ghp_…' }];

const placed = (
  id: string,
  visibility: 'inherit' | 'private',
  folder_id: string | null = null,
) => ({
  id,
  visibility,
  folder_id,
});

const items = [
  placed('open', 'inherit'),
  placed('hidden', 'private'),
  placed('drawer', 'private'),
  placed('inside', 'inherit', 'drawer'),
  placed('box', 'inherit'),
  placed('boxed', 'inherit', 'box'),
  placed('boxed and hidden', 'private', 'box'),
];

const report = (more: readonly Warning[] = []) => ({
  warnings: more,
  items: items.map((item) => ({ ...item, title: item.id, warnings }) as unknown as ItemExposure),
});

it('only what becomes visible is asked about', () => {
  const found = exposedBy({ title: 'Work' }, report(), items);
  expect(found.map(({ title }) => title)).toEqual(['open', 'box', 'boxed']);
});

it('the words of the page itself come first', () => {
  const [first] = exposedBy({ title: 'Work' }, report(warnings), items);
  expect(first).toMatchObject({ item: null, title: 'Work' });
});

it('without a warning there is nothing to ask', () => {
  expect(exposedBy({ title: 'Work' }, { warnings: [], items: [] }, items)).toEqual([]);
});

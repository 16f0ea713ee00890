import { expect, it } from 'vitest';
import { chosenOf } from './WithInstance';

const instances = [
  { id: 'inst_1', slug: 'staging' },
  { id: 'inst_2', slug: 'main' },
];

it('is what was chosen, while it is there', () => {
  expect(chosenOf(instances, 'inst_1')?.slug).toBe('staging');
  expect(chosenOf(instances, 'inst_gone')?.slug).toBe('main');
});

it('is the main one at first, else the oldest, else nothing', () => {
  expect(chosenOf(instances, undefined)?.slug).toBe('main');
  expect(chosenOf([{ id: 'inst_3', slug: 'lab' }], undefined)?.slug).toBe('lab');
  expect(chosenOf([], 'inst_1')).toBeUndefined();
});

import { expect, it } from 'vitest';
import { chosenOf } from './WithInstance';

const instances = [
  { id: 'inst_1', slug: 'staging' },
  { id: 'inst_2', slug: 'main' },
];

it('the chosen instance, while it exists', () => {
  expect(chosenOf(instances, 'inst_1')?.slug).toBe('staging');
  expect(chosenOf(instances, 'inst_gone')?.slug).toBe('main');
});

it('defaults to the main one, else the oldest, else none', () => {
  expect(chosenOf(instances, undefined)?.slug).toBe('main');
  expect(chosenOf([{ id: 'inst_3', slug: 'lab' }], undefined)?.slug).toBe('lab');
  expect(chosenOf([], 'inst_1')).toBeUndefined();
});

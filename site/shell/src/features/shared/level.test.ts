import { expect, it } from 'vitest';
import { itemsVerb, levelWords } from './level';

it.each([
  ['view', 0, 'You can see it'],
  ['edit', 0, 'You can change it'],
  ['manage', 0, 'You manage it'],
  ['view', 2, 'You can see it, and 2 single items'],
  [null, 1, '1 single item'],
  [null, 3, '3 single items'],
] as const)('level %s with %i single items', (level, items, words) => {
  expect(levelWords({ level, items })).toBe(words);
});

it('says edit only where everything can be changed', () => {
  expect(itemsVerb({ level: 'manage' })).toBe('Edit');
  expect(itemsVerb({ level: 'view' })).toBe('Items');
  expect(itemsVerb({ level: null })).toBe('Items');
});

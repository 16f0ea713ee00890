import { expect, it } from 'vitest';
import { type Uses, used, weightOf } from './uses';

const WEEK = 7 * 24 * 60 * 60_000;

it('a use counts half after a week', () => {
  const uses = used({}, 'a.b', 0);
  expect(weightOf(uses['a.b'], 0)).toBe(1);
  expect(weightOf(uses['a.b'], WEEK)).toBe(0.5);
  expect(weightOf(uses.other, WEEK)).toBe(0);
});

it('often counts more than once, and lately more than long ago', () => {
  const twice = used(used({}, 'a.b', 0), 'a.b', 0);
  expect(weightOf(twice['a.b'], 0)).toBe(2);
  const later = used(used({}, 'a.b', 0), 'c.d', 3 * WEEK);
  expect(weightOf(later['c.d'], 3 * WEEK)).toBeGreaterThan(weightOf(later['a.b'], 3 * WEEK));
});

it('a clock that was set back does not count more', () => {
  expect(weightOf({ count: 1, at: WEEK }, 0)).toBe(1);
});

it('the least used are forgotten', () => {
  let uses: Uses = used(used({}, 'often', 0), 'often', 0);
  for (let at = 1; at <= 300; at += 1) uses = used(uses, `once.${at}`, at);
  expect(Object.keys(uses)).toHaveLength(200);
  expect(uses.often).toBeDefined();
  expect(uses['once.1']).toBeUndefined();
  expect(uses['once.300']).toBeDefined();
});

import { expect, it } from 'vitest';
import { placeAt } from './Clock';

it('the clock moves each minute, and comes back within the hour', () => {
  const places = Array.from({ length: 60 }, (_, minute) => placeAt(minute));
  for (const [at, { left, top }] of places.entries()) {
    const next = places[at + 1];
    if (next) expect([next.left, next.top]).not.toEqual([left, top]);
    // The widest time has room beside it.
    expect(left).toBeLessThanOrEqual(40);
    expect(top).toBeLessThanOrEqual(50);
  }
  expect(new Set(places.map(({ left, top }) => `${left} ${top}`)).size).toBe(10);
});

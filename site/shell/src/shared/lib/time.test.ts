import { expect, it } from 'vitest';
import { clock } from './time';

const at = new Date(2026, 10, 29, 10, 42).getTime();

it('names the time of today, and the day of another day', () => {
  expect(clock(at, new Date(2026, 10, 29, 23, 59).getTime())).toMatch(/^10:42\s?(AM)?$/);
  expect(clock(at, new Date(2026, 10, 30, 0, 1).getTime())).toMatch(/2026.*10:42/);
  // A clock that was set back.
  expect(clock(at, new Date(2025, 10, 29, 10, 42).getTime())).toMatch(/2026.*10:42/);
});

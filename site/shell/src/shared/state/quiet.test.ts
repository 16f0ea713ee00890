import { expect, it } from 'vitest';
import { isQuiet } from './quiet';

const at = (time: string) => new Date(`2026-11-30T${time}:00`);

it.each([
  ['22:00', '07:00', '21:59', false],
  ['22:00', '07:00', '22:00', true],
  ['22:00', '07:00', '00:00', true],
  ['22:00', '07:00', '06:59', true],
  ['22:00', '07:00', '07:00', false],
  ['12:30', '13:30', '13:00', true],
  ['12:30', '13:30', '13:30', false],
  ['08:00', '08:00', '08:00', false],
])('from %s to %s it is quiet at %s: %s', (from, to, now, quiet) => {
  expect(isQuiet({ from, to }, at(now))).toBe(quiet);
});

it('is never quiet when nobody asked for it', () => {
  expect(isQuiet(undefined, at('03:00'))).toBe(false);
});

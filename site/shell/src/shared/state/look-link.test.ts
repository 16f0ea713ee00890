import { expect, it } from 'vitest';
import { lookOf, lookQuery } from './look-link';
import { preferencesOf } from './preferences';

it('a link to a look leads to the same look', () => {
  const look = preferencesOf({
    theme: 'riso',
    accent: 25,
    corners: 'round',
    icons: 'circle',
    density: 'roomy',
    mode: 'dark',
    screensaver: 'clock',
  });
  const query = lookQuery(look);
  const { theme, accent, corners, icons, density } = look;
  expect(lookOf(Object.fromEntries(new URLSearchParams(query)))).toEqual({
    theme,
    accent,
    corners,
    icons,
    density,
  });
  // Light or dark, and the screensaver, are the other person's own.
  expect(query).not.toMatch(/mode|screensaver/);
  expect(lookQuery(preferencesOf({}))).toBe('');
});

it.each([
  { theme: 'unheard-of' },
  { accent: '400' },
  { accent: '-1' },
  { accent: '1e1' },
  { density: '' },
])('what %j names wrongly is the default', (params) => {
  expect(lookOf(params)).toEqual(lookOf({}));
});

import { expect, it } from 'vitest';
import { sourceOf, storedIcon } from './iconSource';

it.each([
  [null, 'none'],
  ['letters', 'letters'],
  ['glyph:house', 'glyph'],
  ['picture:abc', 'picture'],
  ['https://example.com/icon.png', 'picture'],
])('the icon %s comes from %s', (icon, source) => expect(sourceOf(icon)).toBe(source));

it.each([
  [null, null],
  ['letters', 'letters'],
  ['glyph:house', 'glyph:house'],
  ['picture:abc', 'picture:abc'],
  ['example.com/icon.png', 'https://example.com/icon.png'],
  ['not an address', undefined],
])('%s is saved as %s', (typed, stored) => expect(storedIcon(typed)).toBe(stored));

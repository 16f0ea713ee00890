import { expect, it } from 'vitest';
import { findGlyphs, GLYPHS, glyphNamed } from './glyphs';

it('every icon has a name and a label of its own', () => {
  expect(new Set(GLYPHS.map(({ name }) => name)).size).toBe(GLYPHS.length);
  expect(new Set(GLYPHS.map(({ label }) => label)).size).toBe(GLYPHS.length);
  expect(GLYPHS.filter(({ name }) => !/^[a-z0-9-]{1,40}$/.test(name))).toEqual([]);
});

it('every icon is found by its name and by each of its words', () => {
  const lost = GLYPHS.flatMap((glyph) =>
    [glyph.label, ...glyph.keywords.split(' ')].filter((word) => !findGlyphs(word).includes(glyph)),
  );
  expect(lost).toEqual([]);
});

it.each([
  ['gar', ['flower-2', 'sprout', 'car']],
  ['Washing mach', ['washing-machine']],
  ['pa', ['paw-print']],
  ['  MUSIC ', ['music', 'headphones', 'guitar', 'radio']],
  ['xyzzy', []],
])('the query “%s” finds the icons that people mean', (query, names) => {
  expect(findGlyphs(query).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

it('a label is found before a further word', () => {
  expect(findGlyphs('house')[0]?.name).toBe('house');
  expect(findGlyphs('bed')[0]?.name).toBe('bed-double');
});

it('a name that does not exist has no icon', () => {
  expect(glyphNamed('constructor')).toBeNull();
  expect(glyphNamed('house')?.label).toBe('House');
});

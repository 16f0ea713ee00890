/** The public page has its icons as text, since the workers cannot read the library of the shell. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { GLYPHS } from './glyphs';

/** The elements inside of an icon's `svg`. */
const drawingOf = (icon: (typeof GLYPHS)[number]['icon']) =>
  renderToStaticMarkup(createElement(icon))
    .replace(/^<svg[^>]*>|<\/svg>$/g, '')
    .replace(/><\/\w+>/g, '/>');

// After a change: npx vitest run --root site/shell -u public-glyphs
it('the public page draws the same icons', async () => {
  const lines = GLYPHS.map(({ name, icon }) => `${name}\t${drawingOf(icon)}\n`).sort();
  await expect(lines.join('')).toMatchFileSnapshot(
    '../../../../../crates/platform/pages/src/glyphs.txt',
  );
});

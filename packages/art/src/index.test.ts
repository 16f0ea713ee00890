import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ART, artOf, storedArt } from './index.ts';

const folder = join(import.meta.dirname, '../css');

it('has one file of CSS for each name', () => {
  const files = readdirSync(folder).map((file) => file.replace(/\.css$/, ''));
  expect(files.toSorted()).toEqual(ART.toSorted());
  for (const art of ART) {
    expect(readFileSync(join(folder, `${art}.css`), 'utf8')).toMatch(`.art-${art} {`);
  }
});

/** Text in the page's own colours stands on the art. */
it('stays light in light and dark in dark', () => {
  for (const art of ART) {
    const css = readFileSync(join(folder, `${art}.css`), 'utf8');
    const pairs = css.matchAll(/light-dark\(oklch\(([\d.]+) ([^)]*)[^,]*,\s*oklch\(([\d.]+)/g);
    // Marks of a few pixels and hairlines may stand out.
    const large = [...pairs].filter(([, light]) => Number(light) > 0.7);
    expect(large.length, art).toBeGreaterThan(0);
    for (const [text, light, , dark] of large) {
      expect(Number(light), `${art}: ${text}`).toBeGreaterThanOrEqual(0.82);
      expect(Number(dark), `${art}: ${text}`).toBeLessThanOrEqual(0.78);
    }
  }
});

it('reads what is stored, and nothing else', () => {
  for (const art of ART) expect(artOf(storedArt(art))).toBe(art);
  for (const odd of [null, undefined, '', 'art:', 'art:none', 'dunes', 'https://example.com/a.png'])
    expect(artOf(odd)).toBeNull();
});

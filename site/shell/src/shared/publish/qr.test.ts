import { expect, it } from 'vitest';
import { qrOf, svgOf } from './qr';

/** The dark modules that a path covers. */
function modulesOf(path: string): Set<string> {
  const dark = new Set<string>();
  for (const [, x = '0', y = '0', width = '0'] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = 0; at < Number(width); at += 1) dark.add(`${Number(x) + at},${y}`);
  }
  return dark;
}

const qr = qrOf('https://prox.example/@ada');

it('has a margin of four modules, and the three finders in its corners', () => {
  const dark = modulesOf(qr.path);
  const finders = [
    [4, 4],
    [qr.size - 11, 4],
    [4, qr.size - 11],
  ] as const;
  for (const [left, top] of finders) {
    for (let at = 0; at < 7; at += 1) {
      expect(dark.has(`${left + at},${top}`)).toBe(true);
      expect(dark.has(`${left},${top + at}`)).toBe(true);
    }
    expect(dark.has(`${left + 1},${top + 1}`)).toBe(false);
    expect(dark.has(`${left + 3},${top + 3}`)).toBe(true);
  }
  for (const module of dark) {
    const [x = 0, y = 0] = module.split(',').map(Number);
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(4);
    expect(Math.max(x, y)).toBeLessThan(qr.size - 4);
  }
});

it('another address is another code', () => {
  expect(qrOf('https://prox.example/@bob').path).not.toBe(qr.path);
});

it('the vector picture is black on white', () => {
  expect(svgOf(qr)).toContain('fill="#fff"');
  expect(svgOf(qr)).toContain(qr.path);
});

import { expect, it } from 'vitest';
import { coveredBelow } from './useKeyboardInset';

const table: [
  name: string,
  page: number,
  height: number,
  offsetTop: number,
  scale: number,
  covered: number,
][] = [
  ['no keyboard', 844, 844, 0, 1, 0],
  ['a keyboard', 844, 508, 0, 1, 336],
  ['a keyboard, the page pushed up', 844, 508, 100, 1, 236],
  ['a fraction of a pixel', 844, 843.6, 0, 1, 0],
  ['a page that is zoomed', 844, 422, 0, 2, 0],
];

for (const [name, page, height, offsetTop, scale, covered] of table)
  it(`${name}: ${covered} px are covered`, () =>
    expect(coveredBelow(page, { height, offsetTop, scale })).toBe(covered));

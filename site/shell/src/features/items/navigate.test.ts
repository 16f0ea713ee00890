import { expect, it } from 'vitest';
import { neighbour, type Spot } from './navigate';

const icon = (id: string, column: number, row: number): Spot => ({
  id,
  x: column * 100,
  y: row * 120,
  width: 90,
  height: 110,
});

// a b c
// d e
//  f  g   (another section, shifted)
const spots: Spot[] = [
  icon('a', 0, 0),
  icon('b', 1, 0),
  icon('c', 2, 0),
  icon('d', 0, 1),
  icon('e', 1, 1),
  icon('f', 0.9, 3),
  icon('g', 1.9, 3),
];

// a a b c
// a a d e
// f g
const bento: Spot[] = [
  { id: 'a', x: 0, y: 0, width: 190, height: 230 },
  icon('b', 2, 0),
  icon('c', 3, 0),
  icon('d', 2, 1),
  icon('e', 3, 1),
  icon('f', 0, 2),
  icon('g', 1, 2),
];

it('goes sideways in reading order, over the end of a row', () => {
  expect(neighbour(spots, 'c', 'ArrowRight')).toBe('d');
  expect(neighbour(spots, 'd', 'ArrowLeft')).toBe('c');
  expect(neighbour(spots, 'a', 'ArrowLeft')).toBeNull();
});

it('goes up and down to the nearest tile of the next row', () => {
  expect(neighbour(spots, 'b', 'ArrowDown')).toBe('e');
  expect(neighbour(spots, 'c', 'ArrowDown')).toBe('e');
  expect(neighbour(spots, 'e', 'ArrowDown')).toBe('f');
  expect(neighbour(spots, 'f', 'ArrowUp')).toBe('e');
  expect(neighbour(spots, 'g', 'ArrowDown')).toBeNull();
});

it('goes round tiles of several rows', () => {
  expect(neighbour(bento, 'b', 'ArrowDown')).toBe('d');
  expect(neighbour(bento, 'd', 'ArrowUp')).toBe('b');
  expect(neighbour(bento, 'a', 'ArrowDown')).toBe('f');
  expect(neighbour(bento, 'g', 'ArrowUp')).toBe('a');
  expect(neighbour(bento, 'e', 'ArrowDown')).toBe('g');
});

it('goes to both ends', () => {
  expect(neighbour(spots, 'e', 'Home')).toBe('a');
  expect(neighbour(spots, 'e', 'End')).toBe('g');
});

it('starts at the beginning when the tile is gone', () => {
  expect(neighbour(spots, 'gone', 'ArrowDown')).toBe('a');
  expect(neighbour([], 'gone', 'ArrowDown')).toBeNull();
});

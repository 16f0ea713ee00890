import { expect, it } from 'vitest';
import { columns, neighbour, type Spot } from './navigate';

// a b c
// d e
//   f g   (another section, shifted)
const spots: Spot[] = [
  { id: 'a', x: 0, y: 0 },
  { id: 'b', x: 100, y: 0 },
  { id: 'c', x: 200, y: 0 },
  { id: 'd', x: 0, y: 120 },
  { id: 'e', x: 100, y: 120 },
  { id: 'f', x: 90, y: 300 },
  { id: 'g', x: 190, y: 300 },
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

it('goes to both ends', () => {
  expect(neighbour(spots, 'e', 'Home')).toBe('a');
  expect(neighbour(spots, 'e', 'End')).toBe('g');
});

it('starts at the beginning when the tile is gone', () => {
  expect(neighbour(spots, 'gone', 'ArrowDown')).toBe('a');
  expect(neighbour([], 'gone', 'ArrowDown')).toBeNull();
});

it('counts the tiles of a row', () => {
  expect(columns(spots, 'b')).toBe(3);
  expect(columns(spots, 'g')).toBe(2);
});

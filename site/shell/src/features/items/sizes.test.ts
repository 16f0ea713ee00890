import { describe, expect, it } from 'vitest';
import { ITEM_SIZES, SPANS } from '@/shared/data/item-look';
import { nearestSize, nextSize, type ResizeKey, sizeWords } from './sizes';

describe('next size by key', () => {
  it.each([
    ['icon', 'ArrowRight', 'row'],
    ['icon', 'ArrowDown', 'card'],
    ['icon', 'ArrowLeft', null],
    ['icon', 'ArrowUp', null],
    ['row', 'ArrowRight', 'wide'],
    ['row', 'ArrowDown', 'card'],
    ['row', 'ArrowLeft', 'icon'],
    ['card', 'ArrowRight', 'wide'],
    ['card', 'ArrowLeft', 'icon'],
    ['card', 'ArrowDown', 'tall'],
    ['card', 'ArrowUp', 'row'],
    ['wide', 'ArrowRight', null],
    ['wide', 'ArrowLeft', 'card'],
    ['wide', 'ArrowDown', 'tall'],
    ['tall', 'ArrowUp', 'card'],
    ['tall', 'ArrowDown', null],
  ] as const)('%s, %s', (from, key, expected) => {
    expect(nextSize(from, key as ResizeKey)).toBe(expected);
  });
});

it('the nearest size of the cells under a pointer', () => {
  for (const size of ITEM_SIZES) {
    expect(nearestSize(SPANS[size].columns, SPANS[size].rows)).toBe(size);
  }
  expect(nearestSize(0, 0)).toBe('icon');
  expect(nearestSize(9, 2)).toBe('wide');
  expect(nearestSize(2, 9)).toBe('tall');
});

it('sizes are read out with their cells', () => {
  expect(sizeWords('wide')).toBe('Wide, 4 by 2');
});

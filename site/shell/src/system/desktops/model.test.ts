import { describe, expect, it } from 'vitest';
import { type Desktop, freshName, inOrder, moved, neighbourOf, stepFrom } from './model';

const all: Desktop[] = [
  { id: 'a', name: 'Desktop 1', position: 1_000 },
  { id: 'b', name: 'Work', position: 2_000 },
  { id: 'c', name: 'Desktop 3', position: 2_001 },
];

describe('desktops', () => {
  it('windows of a removed one go to the one before, else to the one after', () => {
    expect(neighbourOf(all, 'c')?.id).toBe('b');
    expect(neighbourOf(all, 'a')?.id).toBe('b');
    expect(neighbourOf(all, 'c', ({ id }) => id !== 'b')?.id).toBe('a');
    expect(neighbourOf(all.slice(0, 1), 'a')).toBeNull();
  });

  it('go round', () => {
    expect(stepFrom(all, 'c', 1)?.id).toBe('a');
    expect(stepFrom(all, 'a', -1)?.id).toBe('c');
    expect(stepFrom(all.slice(0, 1), 'a', 1)?.id).toBe('a');
  });

  it('have names that differ', () => {
    expect(freshName(all)).toBe('Desktop 4');
    expect(freshName([...all, { id: 'd', name: 'Desktop 5', position: 3_000 }])).toBe('Desktop 6');
  });

  it.each<[string, number, string]>([
    ['a', 2, 'b c a'],
    ['c', 0, 'c a b'],
    ['b', 1, 'a b c'],
    ['a', 1, 'b a c'],
    ['c', 1, 'a c b'],
  ])('%s is moved to place %i', (id, to, order) => {
    const changes = moved(all, id, to);
    const after = inOrder(all.map((one) => ({ ...one, ...changes.get(one.id) })));
    expect(after.map((one) => one.id).join(' ')).toBe(order);
  });
});

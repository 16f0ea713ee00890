import type { Item } from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import { type FullPlace, moved, movesTo, neighbours } from '@/shared/data/order';
import { History, type ItemPort, type Ports } from '@/shared/undo/history';
import { Timeline } from '@/shared/undo/timeline';
import { type Sort, sorting } from './sort';

const item = (title: string, kind: Item['kind'], day: number, folder: string | null = null): Item =>
  ({
    id: title,
    title,
    kind,
    folder_id: folder,
    version: 1,
    updated_at: `2026-11-${String(day).padStart(2, '0')}T00:00:00Z`,
  }) as Item;

const ITEMS = [
  item('Tide 10', 'app', 3),
  item('Zebra', 'card', 9),
  item('tide 9', 'link', 5),
  item('Shelf', 'folder', 1),
  item('b', 'link', 2, 'Shelf'),
  item('a', 'link', 4, 'Shelf'),
];

let shown: readonly Item[];
const unused = {} as never;
const port: ItemPort = {
  items: () => shown,
  create: unused,
  remove: unused,
  edit: unused,
  move: async (id: string, place: FullPlace) => {
    shown = moved(shown, id, place);
  },
};
const ports: Ports = { items: port, spaces: unused, layout: unused };
const titles = (folder: string | null) => neighbours(shown, folder).map(({ title }) => title);

describe.each<[Sort, string[], string[]]>([
  ['name', ['Shelf', 'tide 9', 'Tide 10', 'Zebra'], ['a', 'b']],
  ['kind', ['Shelf', 'Tide 10', 'tide 9', 'Zebra'], ['a', 'b']],
  ['recent', ['Zebra', 'tide 9', 'Tide 10', 'Shelf'], ['a', 'b']],
])('sorting by %s', (sort, top, inside) => {
  it('orders the top and each folder, once, and goes back and forth', async () => {
    shown = ITEMS;
    const history = new History(new Timeline(() => 0));
    const change = sorting(shown, sort);
    if (!change) throw new Error('nothing to sort');
    await history.apply(ports, 'spc', change);
    expect([titles(null), titles('Shelf')]).toEqual([top, inside]);
    expect(sorting(shown, sort)).toBeNull();
    await history.undo(ports, ['spc']);
    expect(titles(null)).toEqual(['Tide 10', 'Zebra', 'tide 9', 'Shelf']);
    expect(titles('Shelf')).toEqual(['b', 'a']);
    await history.redo(ports, ['spc']);
    expect([titles(null), titles('Shelf')]).toEqual([top, inside]);
  });
});

it('an undo leaves alone what somebody else ordered since', async () => {
  shown = ITEMS;
  const history = new History(new Timeline(() => 0));
  await history.apply(ports, 'spc', sorting(shown, 'name') as never);
  shown = moved(shown, 'Zebra', { folder_id: null, after: null });
  await history.undo(ports, ['spc']);
  expect(titles(null)).toEqual(['Zebra', 'Shelf', 'tide 9', 'Tide 10']);
  expect(titles('Shelf')).toEqual(['b', 'a']);
});

it.each([
  ['abcde', 'abcde', 0],
  ['abcde', 'eabcd', 1],
  ['abcde', 'edcba', 4],
  ['abcxy', 'cab', 1],
])('from %s to %s takes few moves', (row, wanted, most) => {
  let now = [...row];
  const all = movesTo(now, [...wanted]);
  for (const { id, after } of all) {
    now = now.filter((one) => one !== id);
    now.splice(after === null ? 0 : now.indexOf(after) + 1, 0, id);
  }
  expect(now.filter((id) => wanted.includes(id)).join('')).toBe(wanted);
  expect(all).toHaveLength(most);
});

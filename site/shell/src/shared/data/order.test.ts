import type { Item } from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import { alreadyAt, arranged, endOf, moved, placeOf, siblings, step, without } from './order';

const item = (id: string, folder: string | null = null, kind: Item['kind'] = 'link'): Item => ({
  id,
  space_id: 'spc_1',
  kind,
  widget: null,
  title: id,
  description: '',
  url: null,
  body: '',
  icon: null,
  tags: [],
  mode: 'tab',
  reasons: [],
  size: 'icon',
  color: null,
  visibility: 'inherit',
  level: 'manage',
  folder_id: folder,
  position: '',
  version: 1,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
});

const items = [
  item('a'),
  item('f', null, 'folder'),
  item('b'),
  item('x', 'f'),
  item('c'),
  item('y', 'f'),
];
const ids = (list: readonly Item[]) => list.map(({ id }) => id).join('');
const row = (list: readonly Item[], folder: string | null) =>
  ids(list.filter((one) => (one.folder_id ?? null) === folder));

describe('moving', () => {
  it('puts an item after its new neighbour', () => {
    expect(row(moved(items, 'a', { folder_id: null, after: 'b' }), null)).toBe('fbac');
  });

  it('puts an item at the beginning without a neighbour', () => {
    expect(row(moved(items, 'c', { folder_id: null, after: null }), null)).toBe('cafb');
  });

  it('puts an item into a folder and takes it out again', () => {
    const inside = moved(items, 'a', { folder_id: 'f', after: 'x' });
    expect(row(inside, 'f')).toBe('xay');
    expect(row(moved(inside, 'a', { folder_id: null, after: null }), null)).toBe('afbc');
  });

  it('fills an empty folder', () => {
    const list = [item('a'), item('f', null, 'folder')];
    expect(row(moved(list, 'a', { folder_id: 'f', after: null }), 'f')).toBe('a');
  });

  it('does not change the list when the item is gone', () => {
    expect(moved(items, 'nobody', { folder_id: null, after: null })).toBe(items);
  });

  it('detects a move that changes nothing', () => {
    expect(alreadyAt(items, 'b', { folder_id: null, after: 'f' })).toBe(true);
    expect(alreadyAt(items, 'b', { folder_id: null, after: 'b' })).toBe(true);
    expect(alreadyAt(items, 'b', { folder_id: null, after: 'a' })).toBe(false);
    expect(alreadyAt(items, 'x', { folder_id: null, after: null })).toBe(false);
  });
});

describe('stepping', () => {
  const loose = arranged(items).top.filter(({ kind }) => kind !== 'folder');

  it('goes one place on', () => {
    expect(step(loose, 'a', 1)).toEqual({ folder_id: null, after: 'b' });
  });

  it('goes one place back', () => {
    expect(step(loose, 'c', -1)).toEqual({ folder_id: null, after: 'a' });
    expect(step(loose, 'b', -1)).toEqual({ folder_id: null, after: null });
  });

  it('goes at most to the edge', () => {
    expect(step(loose, 'a', 5)).toEqual({ folder_id: null, after: 'c' });
    expect(step(loose, 'c', -5)).toEqual({ folder_id: null, after: null });
  });

  it('stops at both ends', () => {
    expect(step(loose, 'a', -1)).toBeNull();
    expect(step(loose, 'c', 1)).toBeNull();
  });
});

it('items of a deleted folder stay', () => {
  expect(row(without(items, 'f'), null)).toBe('abxcy');
});

describe('arranging', () => {
  it('shows folders among the other items, and their own items in them', () => {
    const { top, inside } = arranged(items);
    expect(ids(top)).toBe('afbc');
    expect([...inside].map(([folder, own]) => [folder, ids(own)])).toEqual([['f', 'xy']]);
  });

  it('never hides an item whose folder is gone', () => {
    expect(ids(arranged([item('a', 'gone')]).top)).toBe('a');
  });

  it('knows the siblings of an item', () => {
    expect(ids(siblings(items, items[0] as Item))).toBe('afbc');
    expect(ids(siblings(items, items.find(({ id }) => id === 'y') as Item))).toBe('xy');
  });

  it('finds the end of a row and the place to go back to', () => {
    expect(endOf(items, 'f')).toEqual({ folder_id: 'f', after: 'y' });
    expect(endOf(items, 'f', 'y')).toEqual({ folder_id: 'f', after: 'x' });
    expect(placeOf(items, items[4] as Item)).toEqual({ folder_id: null, after: 'b' });
  });
});

import { describe, expect, it } from 'vitest';
import { applyPatch, type JsonObject, patchBetween } from '@/shared/state/merge-patch';
import { withSize } from './faces';
import { readLayout, withFormat, writeLayout } from './layout';
import { initial, reduce, type WindowChange, type Windows } from './model';

const area = { width: 1000, height: 600 };
const size = { width: 400, height: 300 };
const run = (...changes: WindowChange[]): Windows =>
  changes.reduce<Windows>(reduce, { ...initial, area, desktop: 'd1' });

const state = run(
  ...['a', 'b', 'c'].map((id): WindowChange => ({ type: 'open', id, size })),
  { type: 'place', id: 'a', rect: { x: 520, y: 200, ...size } },
  { type: 'shape', id: 'b', shape: 'top-left' },
  { type: 'minimize', id: 'b' },
  { type: 'pin', id: 'c', pinned: true },
  { type: 'focus', id: 'a' },
);
const faces = {
  a: { title: 'A', picture: 'https://a.example/icon.png', color: '#aabbcc' },
  b: { title: 'B', picture: null, color: null },
  c: { title: 'C', picture: null, color: null },
};
const value = withFormat({ windows: writeLayout(state, faces, 'd1') });

describe('a layout', () => {
  it('survives the round trip through JSON', () => {
    const read = readLayout(JSON.parse(JSON.stringify(value)));
    expect(read.faces).toEqual(faces);
    const windows = reduce(
      { ...initial, area, desktop: 'd1' },
      {
        type: 'load',
        desktop: 'd1',
        windows: read.windows,
      },
    );
    expect(windows.stack).toEqual(state.stack);
    const plain = ({ open }: Windows) =>
      open.map(({ restored: _, ...win }) => win).sort((x, y) => (x.id < y.id ? -1 : 1));
    expect(plain(windows)).toEqual(plain(state));
  });

  it('has no null and no list of windows, so that patches merge', () => {
    const visit = (one: unknown): void => {
      expect(one).not.toBeNull();
      if (typeof one === 'object') Object.values(one as object).forEach(visit);
    };
    visit(value);
    expect(Array.isArray(value.windows)).toBe(false);
  });

  it('holds only the windows of its desktop', () => {
    const moved = reduce(state, { type: 'move', id: 'a', desktop: 'd2' });
    expect(Object.keys(writeLayout(moved, faces, 'd1'))).toEqual(['b', 'c']);
    expect(Object.keys(writeLayout(moved, faces, 'd2'))).toEqual(['a']);
  });

  it('a patch of one window leaves the others and unknown members alone', () => {
    const newer = applyPatch(value, { windows: { a: { glow: 3 } }, wallpaper: 'dunes' });
    const after = reduce(state, { type: 'minimize', id: 'a' });
    const patch = patchBetween(
      { windows: writeLayout(state, faces, 'd1') },
      { windows: writeLayout(after, faces, 'd1') },
    ) as JsonObject;
    expect(patch).toEqual({ windows: { a: { minimized: true } } });
    const merged = applyPatch(newer, patch) as { windows: { a: object }; wallpaper: string };
    expect(merged.windows.a).toMatchObject({ glow: 3, minimized: true });
    expect(merged.wallpaper).toBe('dunes');
  });
});

describe('a document that this version does not understand', () => {
  it.each<[string, JsonObject]>([
    ['empty', {}],
    ['windows that are a list', { windows: [1, 2] }],
    ['windows that are a text', { windows: 'none' }],
    ['a window that is a number', { windows: { a: 4 } }],
    ['a window without a size', { windows: { a: { order: 1 } } }],
    ['a size of texts', { windows: { a: { size: ['1', '2'] } } }],
  ])('%s: opens nothing', (_, odd) => expect(readLayout(odd).windows).toEqual([]));

  it.each<[string, JsonObject]>([
    ['an unknown shape', { shape: 'hexagon' }],
    ['a place of three numbers', { place: [1, 2, 3] }],
    ['an order that is a text', { order: 'front' }],
    ['a cascade below zero', { cascade: -4 }],
  ])('%s: opens the window with what is known', (_, odd) => {
    const [win] = readLayout({ windows: { a: { size: [400, 300], ...odd } } }).windows;
    expect(win).toMatchObject({
      id: 'a',
      size,
      shape: 'free',
      placed: null,
      order: 0,
      cascade: 0,
    });
  });

  it('says that the format is newer', () => {
    expect(readLayout({ format: 2 }).isNewer).toBe(true);
    expect(readLayout({ format: 1 }).isNewer).toBe(false);
    expect(withFormat({ format: 2 })).toEqual({ format: 2 });
  });
});

it('remembers the sizes of the last two hundred windows', () => {
  let sizes = {};
  for (let id = 0; id < 210; id += 1) sizes = withSize(sizes, `w${id}`, size);
  sizes = withSize(sizes, 'w50', { width: 1, height: 2 });
  expect(Object.keys(sizes)).toHaveLength(200);
  expect(Object.keys(sizes).at(-1)).toBe('w50');
  expect(sizes).not.toHaveProperty('w9');
});

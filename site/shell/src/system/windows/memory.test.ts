import { describe, expect, it } from 'vitest';
import { textOf, windowsOf } from './memory';
import { initial, reduce, type WindowChange, type Windows } from './model';

const size = { width: 400, height: 300 };
const area = { width: 1000, height: 600 };
const rect = { x: 520, y: 200, ...size };

const run = (...actions: WindowChange[]): Windows =>
  actions.reduce<Windows>(reduce, { ...initial, area });

const state = run(
  ...['a', 'b', 'c'].map((id): WindowChange => ({ type: 'open', id, size })),
  { type: 'place', id: 'a', rect },
  { type: 'shape', id: 'b', shape: 'left' },
  { type: 'minimize', id: 'b' },
  { type: 'focus', id: 'a' },
);
const face = (title: string) => ({ title, picture: null });
const faces = { a: face('A'), b: face('B'), c: face('C') };
const text = textOf({ ...state, faces }, 'ada');

describe('a reload', () => {
  it('keeps places, shapes, minimized windows and their order', () => {
    const found = windowsOf(text, 'ada', (id) => id !== 'b');
    expect(found).toEqual({ windows: state.open, stack: ['c', 'b', 'a'], faces });
    const again = reduce({ ...initial, area }, {
      type: 'recall',
      ...(found as object),
    } as WindowChange);
    expect({ ...again, area }).toEqual(state);
  });

  it('opens what the address names and what was minimized, and nothing else', () => {
    const found = windowsOf(text, 'ada', (id) => id === 'c');
    expect(found?.windows.map(({ id, minimized }) => [id, minimized])).toEqual([
      ['b', true],
      ['c', false],
    ]);
    expect(Object.keys(found?.faces ?? {})).toEqual(['b', 'c']);
    // By the address, a window that was minimized can be seen.
    expect(windowsOf(text, 'ada', (id) => id === 'b')?.windows[0]).toMatchObject({
      id: 'b',
      shape: 'left',
      minimized: false,
    });
  });

  it('does not open the windows of somebody else', () => {
    expect(windowsOf(text, 'bob', () => true)).toBeNull();
  });

  it.each([null, '', '{', '[]', '{"owner":"ada"}', '{"owner":"ada","open":[{"id":1}]}'])(
    'opens nothing by the text %j',
    (odd) => expect(windowsOf(odd, 'ada', () => true)).toBeNull(),
  );

  it('leaves a window that is open already where it is', () => {
    const open = run({ type: 'open', id: 'a', size });
    const found = windowsOf(text, 'ada', () => true);
    const after = reduce(open, { type: 'recall', ...(found as object) } as WindowChange);
    expect(after.open.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(after.open[0]).toEqual(open.open[0]);
    expect(after.stack).toEqual(['c', 'b', 'a']);
  });
});

import { describe, expect, it } from 'vitest';
import {
  activeOf,
  frameOf,
  initial,
  isOutOfSight,
  MIN,
  pulled,
  type Rect,
  reachable,
  reduce,
  type Shape,
  type Size,
  snapAt,
  type WindowChange,
  type Windows,
} from './model';

const area = { width: 1000, height: 600 };
const size = { width: 400, height: 300 };
const run = (actions: WindowChange[], from: Windows = { ...initial, area }) =>
  actions.reduce(reduce, from);
const open = (...ids: string[]): WindowChange[] => ids.map((id) => ({ type: 'open', id, size }));
const find = (state: Windows, id: string) => {
  const win = state.open.find((one) => one.id === id);
  if (!win) throw new Error(`no window ${id}`);
  return win;
};

/** Where a window is drawn now. */
const frame = (state: Windows, id: string) => frameOf(find(state, id), state.area);

describe('opening', () => {
  it('puts a new window in front, inside the work area', () => {
    const state = run(open('a', 'b'));
    expect(activeOf(state)).toBe('b');
    const { x, y, width, height } = frame(state, 'b');
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(area.width);
    expect(y + height).toBeLessThanOrEqual(area.height);
  });

  it('brings an open window to the front', () => {
    const state = run([...open('a', 'b'), { type: 'minimize', id: 'a' }, ...open('a')]);
    expect(state.open).toHaveLength(2);
    expect(activeOf(state)).toBe('a');
    expect(find(state, 'a').minimized).toBe(false);
  });

  describe('never lets two windows cover each other exactly', () => {
    const corners = (state: Windows) =>
      state.open.map(({ id }) => {
        const { x, y, width, height } = frame(state, id);
        return [x, y, width, height].join();
      });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const table: [
      name: string,
      area: { width: number; height: number },
      actions: WindowChange[],
    ][] = [
      ['one after the other', area, open(...ids)],
      ['after one was closed', area, [...open('a', 'b'), { type: 'close', id: 'a' }, ...open('c')]],
      [
        'after one was moved to where the next would be',
        area,
        [
          ...open('a'),
          { type: 'place', id: 'a', rect: { x: 332, y: 132, width: 400, height: 300 } },
          ...open('b', 'c'),
        ],
      ],
      ['in an area that is hardly larger', { width: 430, height: 330 }, open('a', 'b', 'c')],
    ];
    for (const [name, space, actions] of table) {
      it(name, () => {
        const state = run(actions, { ...initial, area: space });
        expect(new Set(corners(state)).size).toBe(state.open.length);
        for (const { id } of state.open) {
          const { x, y, width, height } = frame(state, id);
          expect(x + width).toBeLessThanOrEqual(space.width);
          expect(y + height).toBeLessThanOrEqual(space.height);
        }
      });
    }
  });

  it('an arrangement puts a moved window back as it was', () => {
    const state = run([...open('a'), { type: 'shape', id: 'a', shape: 'left' }]);
    const win = find(state, 'a');
    const rect = { x: 5, y: 5, width: 300, height: 200 };
    const moved = reduce(state, { type: 'place', id: 'a', rect });
    expect(find(reduce(moved, { type: 'arrange', windows: { a: win } }), 'a')).toEqual(win);
  });

  it('fits a window that is larger than the area', () => {
    const state = run([{ type: 'open', id: 'a', size: { width: 5000, height: 5000 } }]);
    expect(frame(state, 'a').width).toBeLessThanOrEqual(area.width);
  });
});

describe('the order', () => {
  it('of the DOM never changes, whatever comes to the front', () => {
    const state = run([
      ...open('a', 'b', 'c'),
      { type: 'focus', id: 'a' },
      { type: 'cycle', by: 1 },
    ]);
    expect(state.open.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('cycles through all windows and comes back', () => {
    let state = run(open('a', 'b', 'c'));
    const seen = [0, 1, 2].map(() => {
      state = reduce(state, { type: 'cycle', by: 1 });
      return activeOf(state);
    });
    expect(seen).toEqual(['b', 'a', 'c']);
    expect(
      activeOf(reduce(reduce(state, { type: 'cycle', by: 1 }), { type: 'cycle', by: -1 })),
    ).toBe('c');
  });

  it('gives the front to the next visible window', () => {
    const state = run([
      ...open('a', 'b', 'c'),
      { type: 'minimize', id: 'c' },
      { type: 'close', id: 'b' },
    ]);
    expect(activeOf(state)).toBe('a');
    expect(activeOf(reduce(state, { type: 'minimize-all' }))).toBeNull();
  });

  it('stays the same object when nothing changes', () => {
    const state = run(open('a'));
    expect(reduce(state, { type: 'focus', id: 'a' })).toBe(state);
    expect(reduce(state, { type: 'close', id: 'nobody' })).toBe(state);
  });
});

describe('places', () => {
  it('keeps windows whole or within reach when the area shrinks', () => {
    const state = run([
      ...open('a', 'b'),
      { type: 'place', id: 'a', rect: { x: 600, y: 300, ...size } },
      { type: 'place', id: 'b', rect: { x: 900, y: 0, ...size } },
      { type: 'area', area: { width: 700, height: 400 } },
    ]);
    expect(frame(state, 'a')).toEqual({ x: 300, y: 100, ...size });
    const { x } = frame(state, 'b');
    expect(x).toBeLessThan(700);
    expect(x + size.width).toBeGreaterThan(700);
  });

  it('keeps a title bar within reach', () => {
    const rect = reachable({ x: 9000, y: 9000, ...size }, area);
    expect(rect.x).toBeLessThan(area.width);
    expect(rect.y).toBeLessThan(area.height);
    expect(reachable({ x: -9000, y: -50, ...size }, area)).toMatchObject({
      x: 64 - size.width,
      y: 0,
    });
  });

  it('comes back in when the area shrinks', () => {
    const state = run([
      ...open('a'),
      { type: 'place', id: 'a', rect: { x: 900, y: 500, ...size } },
      { type: 'area', area: { width: 500, height: 400 } },
    ]);
    expect(frame(state, 'a').x).toBeLessThanOrEqual(500 - 64);
  });

  it('a place is restored after the area was small', () => {
    const put = { x: 520, y: 200, ...size };
    const before = run([...open('a', 'b'), { type: 'place', id: 'a', rect: put }]);
    const phone = reduce(before, { type: 'area', area: { width: 390, height: 500 } });
    const after = reduce(phone, { type: 'area', area });
    expect(frame(phone, 'a').width).toBeLessThanOrEqual(390);
    expect(frame(after, 'a')).toEqual(put);
    expect(frame(after, 'b')).toEqual(frame(before, 'b'));
  });

  it('has its own size once there is room for it', () => {
    const small = run(open('a'), { ...initial, area: { width: 390, height: 280 } });
    expect(frame(small, 'a').width).toBeLessThan(390);
    expect(frame(reduce(small, { type: 'area', area }), 'a')).toMatchObject(size);
  });

  it('fills a half or the whole, and remembers where it was', () => {
    const state = run([...open('a'), { type: 'shape', id: 'a', shape: 'right' }]);
    const win = find(state, 'a');
    expect(frameOf(win, area)).toEqual({ x: 500, y: 0, width: 500, height: 600 });
    expect(frameOf({ ...win, shape: 'maximized' }, area)).toEqual({ x: 0, y: 0, ...area });
    expect(frameOf({ ...win, shape: 'free' }, area)).toEqual(frame(run(open('a')), 'a'));
  });

  it('becomes free when it is moved', () => {
    const rect = { x: 10, y: 10, ...size };
    const state = run([
      ...open('a'),
      { type: 'shape', id: 'a', shape: 'left' },
      { type: 'place', id: 'a', rect },
    ]);
    expect(find(state, 'a').shape).toBe('free');
    expect(frame(state, 'a')).toEqual(rect);
  });
});

describe('being out of sight', () => {
  it('minimized and fully covered windows', () => {
    const covered = run([...open('a', 'b'), { type: 'shape', id: 'b', shape: 'maximized' }]);
    expect(isOutOfSight(covered, 'a')).toBe(true);
    expect(isOutOfSight(covered, 'b')).toBe(false);
    expect(isOutOfSight(run([{ type: 'minimize', id: 'b' }], covered), 'a')).toBe(false);
    expect(isOutOfSight(run([{ type: 'minimize', id: 'b' }], covered), 'b')).toBe(true);
    expect(isOutOfSight(run([{ type: 'focus', id: 'a' }], covered), 'a')).toBe(false);
  });

  it('a visible corner counts, except on a phone', () => {
    const state = run(open('a', 'b'));
    expect(isOutOfSight(state, 'a')).toBe(false);
    expect(isOutOfSight(state, 'a', true)).toBe(true);
    expect(isOutOfSight(state, 'b', true)).toBe(false);
  });
});

describe('pulling an edge', () => {
  const rect = { x: 100, y: 100, ...size };

  it('keeps the opposite edge', () => {
    expect(pulled(rect, 'nw', -50, -20)).toEqual({ x: 50, y: 80, width: 450, height: 320 });
    expect(pulled(rect, 'se', 50, 20)).toEqual({ x: 100, y: 100, width: 450, height: 320 });
  });

  it('stops at the smallest size without pushing the window', () => {
    expect(pulled(rect, 'w', 9000, 0)).toMatchObject({
      width: MIN.width,
      x: 100 + size.width - MIN.width,
    });
  });
});

it('snaps at the edges only', () => {
  expect(snapAt(3, 300, area)).toBe('left');
  expect(snapAt(999, 300, area)).toBe('right');
  expect(snapAt(500, 2, area)).toBe('maximized');
  expect(snapAt(500, 300, area)).toBe('free');
});

it('snaps to quarters in the corners, and to thirds at the bottom', () => {
  const table: [number, number, Shape][] = [
    [2, 40, 'top-left'],
    [998, 90, 'top-right'],
    [5, 560, 'bottom-left'],
    [995, 590, 'bottom-right'],
    [100, 595, 'left-third'],
    [500, 595, 'center-third'],
    [900, 595, 'right-third'],
  ];
  for (const [x, y, shape] of table) expect(snapAt(x, y, area), `${x} ${y}`).toBe(shape);
});

describe('shapes', () => {
  const shaped = (shape: Shape, size: Size) => {
    const state = run([...open('a'), { type: 'shape', id: 'a', shape }], {
      ...initial,
      area: size,
    });
    return frame(state, 'a');
  };

  it.each([
    { width: 1000, height: 600 },
    { width: 1367, height: 701 },
  ])('fill the area without gaps and overlaps', (size) => {
    for (const row of [
      ['left', 'right'],
      ['left-third', 'center-third', 'right-third'],
      ['top-left', 'top-right'],
      ['bottom-left', 'bottom-right'],
    ] as const) {
      let x = 0;
      for (const shape of row) {
        const rect = shaped(shape, size);
        expect(rect.x).toBe(x);
        x += rect.width;
      }
      expect(x).toBe(size.width);
    }
    const [top, bottom] = [shaped('top-left', size), shaped('bottom-left', size)];
    expect(top.height + bottom.height).toBe(size.height);
    expect(bottom.y).toBe(top.height);
  });
});

describe('depths', () => {
  const front = (state: Windows, ...ids: string[]) =>
    ids.reduce((now, id) => reduce(now, { type: 'focus', id }), state);
  const changed = (before: Windows, after: Windows) =>
    Object.keys(after.depths).filter((id) => after.depths[id] !== before.depths[id]);
  const state = run(open('a', 'b', 'c', 'd'));

  it('follow the stack', () => {
    for (const one of [
      state,
      front(state, 'b', 'a', 'b', 'd'),
      reduce(front(state, 'a'), { type: 'cycle', by: 1 }),
      front(reduce(state, { type: 'pin', id: 'a', pinned: true }), 'c', 'a', 'b'),
      reduce(state, { type: 'close', id: 'b' }),
    ]) {
      const depths = one.stack.map((id) => one.depths[id] ?? Number.NaN);
      expect(depths).toEqual(depths.toSorted((a, b) => a - b));
      expect(new Set(depths).size).toBe(one.open.length);
    }
  });

  it('change for a raised window only', () => {
    expect(changed(state, front(state, 'a'))).toEqual(['a']);
    expect(changed(state, front(state, 'd'))).toEqual([]);
  });
});

describe('pinned windows', () => {
  const state = run([...open('a', 'b'), { type: 'pin', id: 'a', pinned: true }]);

  it('stay in front of the others', () => {
    expect(state.stack).toEqual(['b', 'a']);
    const focused = reduce(state, { type: 'focus', id: 'b' });
    expect(focused.stack).toEqual(['b', 'a']);
    expect(activeOf(focused)).toBe('b');
  });

  it('are active when they were used last', () => {
    const back = run(
      [
        { type: 'focus', id: 'b' },
        { type: 'focus', id: 'a' },
      ],
      state,
    );
    expect(activeOf(back)).toBe('a');
  });
});

describe('several desktops', () => {
  const state = run([...open('a', 'b'), { type: 'desktop', desktop: 'work' }, ...open('c')]);

  it('each has its windows', () => {
    expect(activeOf(state)).toBe('c');
    expect(isOutOfSight(state, 'b')).toBe(true);
    const back = reduce(state, { type: 'desktop', desktop: '' });
    expect(activeOf(back)).toBe('b');
    expect(isOutOfSight(back, 'c')).toBe(true);
  });

  it('a window that comes to the front shows its desktop', () => {
    const back = reduce(state, { type: 'focus', id: 'a' });
    expect(back.desktop).toBe('');
    expect(activeOf(back)).toBe('a');
  });

  it('a window that is moved stays open, at its place in the DOM', () => {
    const moved = reduce(state, { type: 'move', id: 'a', desktop: 'work' });
    expect(moved.open.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(activeOf(moved)).toBe('c');
    expect(isOutOfSight(reduce(moved, { type: 'minimize', id: 'c' }), 'a')).toBe(false);
  });

  it('cycling stays on the desktop', () => {
    expect(activeOf(reduce(state, { type: 'cycle', by: 1 }))).toBe('c');
  });

  it('“show desktop” minimizes only what is seen, and brings it back', () => {
    const swept = reduce(state, { type: 'show-desktop' });
    expect(activeOf(swept)).toBeNull();
    expect(find(swept, 'a').minimized).toBe(false);
    expect(activeOf(reduce(swept, { type: 'show-desktop' }))).toBe('c');
  });

  it('nothing of before has a history entry after another desktop was shown', () => {
    expect(find(state, 'a').restored).toBe(true);
    expect(find(state, 'c').restored).toBe(false);
  });
});

describe('arranging', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const overlaps = (one: Rect, other: Rect) =>
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height;

  it.each([1, 2, 3, 4, 5])('%i windows side by side do not overlap', (count) => {
    const state = run([...open(...ids.slice(0, count)), { type: 'tile' }], {
      ...initial,
      area: { width: 1400, height: 800 },
    });
    const frames = state.open.map((win) => frameOf(win, state.area));
    for (const [at, one] of frames.entries()) {
      expect(one.x + one.width).toBeLessThanOrEqual(1400);
      expect(one.y + one.height).toBeLessThanOrEqual(800);
      for (const other of frames.slice(at + 1)) expect(overlaps(one, other)).toBe(false);
    }
  });

  it('one behind the other shows the title bar of each', () => {
    const state = run([...open(...ids), { type: 'tile' }, { type: 'cascade' }]);
    const corners = state.open.map(({ id }) => frame(state, id)).map(({ x, y }) => `${x},${y}`);
    expect(new Set(corners).size).toBe(ids.length);
  });
});

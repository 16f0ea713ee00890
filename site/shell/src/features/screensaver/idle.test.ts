import { expect, it } from 'vitest';
import { IdleWatch } from './idle';

const LIMIT = 600_000;
const WARNING = 20_000;

/** A tab with a clock; `idle` holds what was called, with whether it was late. */
function tab(warning = WARNING) {
  const page = { now: 1_000_000, isVisible: true, isInFrame: false };
  const idle: boolean[] = [];
  let shared = 0;
  const watch = new IdleWatch(LIMIT, warning, {
    now: () => page.now,
    isVisible: () => page.isVisible,
    isInFrame: () => page.isInFrame,
    share: () => {
      shared += 1;
    },
    idle: (late) => idle.push(late),
  });
  const pass = (milliseconds: number) => {
    page.now += milliseconds;
  };
  return { watch, page, idle, pass, shared: () => shared };
}

it('nobody is here after the limit, and not before', () => {
  const { watch, idle, pass } = tab();
  pass(LIMIT - 1);
  watch.look();
  expect(idle).toEqual([]);
  pass(1);
  watch.look();
  expect(idle).toEqual([false]);
});

it.each<[string, (one: ReturnType<typeof tab>) => void]>([
  ['a sign in this tab', ({ watch }) => watch.seen()],
  ['a sign in another tab', ({ watch }) => watch.heard()],
  [
    'a page in a frame that has the focus',
    ({ watch, page }) => {
      page.isInFrame = true;
      watch.look();
      page.isInFrame = false;
    },
  ],
  [
    'time behind another tab',
    ({ watch, page }) => {
      page.isVisible = false;
      watch.look();
      page.isVisible = true;
    },
  ],
  [
    'a clock that was set back',
    ({ watch, page }) => {
      page.now -= 3_600_000;
      watch.look();
    },
  ],
])('%s starts the time again', (_, sign) => {
  const one = tab();
  one.pass(LIMIT - 1);
  sign(one);
  one.pass(LIMIT - 1);
  one.watch.look();
  expect(one.idle).toEqual([]);
  one.pass(1);
  one.watch.look();
  expect(one.idle).toEqual([false]);
});

it('tells other tabs of a person here, but not too often and not what it heard', () => {
  const { watch, page, pass, shared } = tab();
  expect(shared()).toBe(1);
  watch.seen();
  expect(shared()).toBe(1);
  pass(1_000);
  watch.seen();
  watch.seen();
  expect(shared()).toBe(2);
  pass(5_000);
  watch.heard();
  watch.look();
  page.isVisible = false;
  watch.look();
  expect(shared()).toBe(2);
  page.isVisible = true;
  page.isInFrame = true;
  watch.look();
  expect(shared()).toBe(3);
});

it('a page that slept through the limit does not take a return for presence', () => {
  const slept = tab();
  slept.pass(LIMIT + WARNING);
  slept.watch.seen();
  expect(slept.idle).toEqual([true]);
  const looked = tab();
  looked.pass(LIMIT + WARNING);
  looked.watch.look();
  expect(looked.idle).toEqual([true]);
  // Neither a frame that has the focus nor another tab is a person while the machine sleeps.
  for (const state of [{ isInFrame: true }, { isVisible: false }]) {
    const one = tab();
    Object.assign(one.page, state);
    one.watch.look();
    one.pass(LIMIT + WARNING - 1);
    one.watch.look();
    expect(one.idle).toEqual([]);
    one.pass(LIMIT + WARNING);
    one.watch.look();
    expect(one.idle).toEqual([true]);
  }
  // Without a lock there is no end of the session, and a sign of a person counts as usual.
  const unlocked = tab(Number.POSITIVE_INFINITY);
  unlocked.pass(10 * LIMIT);
  unlocked.watch.seen();
  unlocked.watch.look();
  expect(unlocked.idle).toEqual([]);
});

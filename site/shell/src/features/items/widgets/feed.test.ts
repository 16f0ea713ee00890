import type { Feed } from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import { shown, untilNext } from './feed';

const none: Feed = {
  title: null,
  site_url: null,
  entries: [],
  fetched_at: null,
  checked_at: null,
  reason: null,
};
const entry = { title: 'A', url: 'https://a.example/', published_at: null };
const at = '2026-05-01T10:00:00Z';

describe('the state of a feed', () => {
  it.each([
    ['pending', 'the first fetch is running', none],
    ['fresh', 'it has no entries', { ...none, fetched_at: at, checked_at: at }],
    ['fresh', 'it was fetched', { ...none, entries: [entry], fetched_at: at, checked_at: at }],
    ['failed', 'it was never fetched', { ...none, checked_at: at, reason: 'Why.' }],
    [
      'stale',
      'the last fetch failed',
      { ...none, entries: [entry], fetched_at: at, checked_at: at, reason: 'Why.' },
    ],
  ] as const)('is %s when %s', (state, _, feed) => {
    expect(shown(feed as Feed).state).toBe(state);
  });
});

describe('the time until a feed is asked for again', () => {
  it('is short while the first fetch is running, then longer', () => {
    const times = [1, 2, 3, 20].map((answers) => untilNext(shown(none), answers));
    expect(times).toEqual([2_000, 4_000, 8_000, 60_000]);
  });

  it('is a quarter of an hour otherwise', () => {
    expect(untilNext(shown({ ...none, checked_at: at }), 1)).toBe(15 * 60_000);
    expect(untilNext(undefined, 0)).toBe(15 * 60_000);
  });
});

import { QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { invalidate, queryClient } from './client';

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  queryClient.clear();
  vi.useRealTimers();
});

/** A fact that the server counts up, and how it is seen here: an answer takes 100 ms. */
function watched() {
  const fact = { value: 0, seen: -1, asked: 0 };
  const observer = new QueryObserver(queryClient, {
    queryKey: ['events'],
    queryFn: async () => {
      fact.asked += 1;
      const { value } = fact;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return value;
    },
  });
  const stop = observer.subscribe(({ data }) => {
    fact.seen = data ?? -1;
  });
  return { fact, stop };
}

it('fast changes are shown, including the last one', async () => {
  const { fact, stop } = watched();
  await vi.advanceTimersByTimeAsync(100);
  expect(fact.seen).toBe(0);
  for (let change = 1; change <= 20; change += 1) {
    fact.value = change;
    invalidate([['events']]);
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(fact.seen).toBeGreaterThanOrEqual(17);
  expect(fact.asked).toBeLessThanOrEqual(12);
  await vi.advanceTimersByTimeAsync(200);
  expect(fact.seen).toBe(20);
  stop();
});

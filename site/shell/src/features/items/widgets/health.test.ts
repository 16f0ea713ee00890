import type { Item, ItemHealth } from '@prox/api-client';
import { expect, it } from 'vitest';
import { healthWords, summaryOf } from './health';

const at = '2026-05-01T10:00:00Z';
const summary = (...states: readonly (ItemHealth['state'] | 'unchecked')[]) =>
  summaryOf(
    states.map((_, index) => ({ id: String(index) }) as Item),
    states.map(
      (state, index) =>
        ({
          item_id: String(index),
          state: state === 'unchecked' ? 'unknown' : state,
          status: null,
          reason: null,
          checked_at: state === 'unchecked' ? null : at,
        }) as ItemHealth,
    ),
  );

it.each([
  ['No links on this page', []],
  ['Not checked yet', ['unchecked', 'unchecked']],
  ['Not checked yet', ['unchecked', 'unknown']],
  ['The link cannot be checked', ['unknown']],
  ['None of the 2 links can be checked', ['unknown', 'unknown']],
  ['1 of 3 links does not answer', ['ok', 'failing', 'unknown']],
  ['2 of 3 links do not answer', ['ok', 'failing', 'failing']],
  ['1 of 2 links answer', ['ok', 'unknown']],
  ['The link answers', ['ok']],
  ['All 2 links answer', ['ok', 'ok']],
] as const)('says "%s" about %j', (words, states) => {
  expect(healthWords(summary(...states))).toBe(words);
});

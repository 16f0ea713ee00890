import { expect, test } from 'vitest';
import { slackOutcome } from './outcome';

test('every outcome of an installation has a message', () => {
  for (const outcome of [
    'connected',
    'declined',
    'unavailable',
    'expired',
    'taken',
    'failed',
    'new',
  ]) {
    expect(slackOutcome(`?slack=${encodeURIComponent(outcome)}`)?.[1]).toMatch(/Slack.*\.$/);
  }
  expect(slackOutcome('?slack=connected')?.[0]).toBe('success');
  expect(slackOutcome('?slack=unavailable')?.[1]).toMatch('not set up');
  expect(slackOutcome('?slack=failed')?.[0]).toBe('error');
});

test('an address without an outcome has no message', () => {
  expect(slackOutcome('')).toBeNull();
  expect(slackOutcome('?return_to=/')).toBeNull();
});

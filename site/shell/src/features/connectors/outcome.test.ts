import { expect, test } from 'vitest';
import { slackOutcome } from './outcome';

test('every outcome of an installation has words', () => {
  for (const outcome of ['connected', 'declined', 'expired', 'taken', 'failed', 'new one']) {
    expect(slackOutcome(`?slack=${encodeURIComponent(outcome)}`)?.[1]).toMatch(/Slack.*\.$/);
  }
  expect(slackOutcome('?slack=connected')?.[0]).toBe('success');
  expect(slackOutcome('?slack=failed')?.[0]).toBe('error');
});

test('an address that says nothing of Slack has no words', () => {
  expect(slackOutcome('')).toBeNull();
  expect(slackOutcome('?return_to=/')).toBeNull();
});

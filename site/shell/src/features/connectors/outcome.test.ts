import { expect, test } from 'vitest';
import { slackOutcome } from './outcome';

test('every outcome of an installation has a message', () => {
  for (const outcome of ['connected', 'declined', 'expired', 'taken', 'failed', 'new one']) {
    expect(slackOutcome(`?slack=${encodeURIComponent(outcome)}`)?.[1]).toMatch(/Slack.*\.$/);
  }
  expect(slackOutcome('?slack=connected')?.[0]).toBe('success');
  expect(slackOutcome('?slack=failed')?.[0]).toBe('error');
});

test('an address without an outcome has no message', () => {
  expect(slackOutcome('')).toBeNull();
  expect(slackOutcome('?return_to=/')).toBeNull();
});

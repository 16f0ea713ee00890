import { expect, test, vi } from 'vitest';
import { Freshness, organizationOf } from './freshness';

test('answers as young as the socket are current', () => {
  const stale = vi.fn();
  const freshness = new Freshness(stale);
  freshness.answered('ada', 7);
  freshness.connected('ada', 7);
  freshness.answered('ada', 7);
  freshness.answered('ada', 9);
  expect(stale).not.toHaveBeenCalled();
});

test('an answer from before the socket began is stale, whichever arrives first', () => {
  const stale = vi.fn();
  const freshness = new Freshness(stale);
  freshness.answered('ada', 7);
  freshness.answered('ada', 9);
  freshness.connected('ada', 8);
  expect(stale).toHaveBeenCalledTimes(1);
  freshness.answered('ada', 7);
  expect(stale).toHaveBeenCalledTimes(2);
});

test('a socket that resumes changes nothing', () => {
  const stale = vi.fn();
  const freshness = new Freshness(stale);
  freshness.connected('ada', 5);
  freshness.connected('ada', 9);
  freshness.answered('ada', 7);
  expect(stale).not.toHaveBeenCalled();
});

test('organizations do not answer for each other', () => {
  const stale = vi.fn();
  const freshness = new Freshness(stale);
  freshness.answered('ada', 1);
  freshness.connected('engines', 5);
  expect(stale).not.toHaveBeenCalled();
});

test('an address names its organization as it was asked for', () => {
  expect(organizationOf('http://x/api/organizations/ada/spaces?limit=1')).toBe('ada');
  expect(organizationOf('http://x/api/organizations/ada')).toBe('ada');
  expect(organizationOf('http://x/api/me')).toBeUndefined();
});

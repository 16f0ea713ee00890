import { expect, test, vi } from 'vitest';
import { Freshness, organizationOf } from './freshness';

test('responses newer than the socket are current', () => {
  const stale = vi.fn();
  const freshness = new Freshness(stale);
  freshness.answered('ada', 7);
  freshness.connected('ada', 7);
  freshness.answered('ada', 7);
  freshness.answered('ada', 9);
  expect(stale).not.toHaveBeenCalled();
});

test('an older response is stale, whichever arrives first', () => {
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

test('organizations are tracked separately', () => {
  const stale = vi.fn();
  const freshness = new Freshness(stale);
  freshness.answered('ada', 1);
  freshness.connected('engines', 5);
  expect(stale).not.toHaveBeenCalled();
});

test('the organization is read from the URL', () => {
  expect(organizationOf('http://x/api/organizations/ada/spaces?limit=1')).toBe('ada');
  expect(organizationOf('http://x/api/organizations/ada')).toBe('ada');
  expect(organizationOf('http://x/api/me')).toBeUndefined();
});

import { beforeEach, expect, it } from 'vitest';
import { answered, isOnline, watchNetwork } from './online';

/** The events of a browser window. */
const browser = new EventTarget();

beforeEach(() => {
  globalThis.addEventListener = browser.addEventListener.bind(browser);
  watchNetwork();
});

it('follows what the browser says', () => {
  browser.dispatchEvent(new Event('offline'));
  expect(isOnline()).toBe(false);
  browser.dispatchEvent(new Event('online'));
  expect(isOnline()).toBe(true);
});

it('a response proves the network despite a missed event', () => {
  browser.dispatchEvent(new Event('offline'));
  answered();
  expect(isOnline()).toBe(true);
});

import { beforeEach, expect, it, vi } from 'vitest';
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

it('a start without a network lets queries wait for it', async () => {
  vi.stubGlobal('navigator', { onLine: false });
  vi.resetModules();
  const { onlineManager } = await import('@tanstack/react-query');
  const { watchNetwork: watch } = await import('./online');
  watch();
  expect(onlineManager.isOnline()).toBe(false);
  browser.dispatchEvent(new Event('online'));
  expect(onlineManager.isOnline()).toBe(true);
  vi.unstubAllGlobals();
});

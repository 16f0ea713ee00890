import { beforeEach, expect, it, vi } from 'vitest';
import { answered, heard, isOnline, networkLosses, ON_ITS_WAY, watchNetwork } from './online';

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

it('an answer to an older request proves nothing', () => {
  const asked = networkLosses();
  browser.dispatchEvent(new Event('offline'));
  answered(false, asked);
  expect(isOnline()).toBe(false);
  // One that was asked for since does.
  answered(false, networkLosses());
  expect(isOnline()).toBe(true);
});

it('a message proves the network unless it was on its way when that went', () => {
  vi.useFakeTimers();
  browser.dispatchEvent(new Event('offline'));
  heard();
  expect(isOnline()).toBe(false);
  vi.advanceTimersByTime(ON_ITS_WAY);
  heard();
  expect(isOnline()).toBe(true);
  vi.useRealTimers();
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

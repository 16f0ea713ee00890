/**
 * The time in whole minutes, for clocks: one timer for all of them, which is set to the next full
 * minute and stops while the page is hidden.
 */
import { useSyncExternalStore } from 'react';

const MINUTE = 60_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

const current = () => Math.floor(Date.now() / MINUTE) * MINUTE;

function tick(): void {
  clearTimeout(timer);
  timer = undefined;
  if (document.visibilityState === 'hidden' || listeners.size === 0) return;
  // A little later than the minute: timers may be early.
  timer = setTimeout(tick, current() + MINUTE + 20 - Date.now());
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener('visibilitychange', tick);
    // A clock that was set, or a sleep, may have passed without a timer.
    addEventListener('focus', tick);
    tick();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', tick);
    removeEventListener('focus', tick);
    clearTimeout(timer);
  };
}

/** The beginning of the current minute, in milliseconds since 1970. */
export const useMinute = (): number => useSyncExternalStore(subscribe, current);

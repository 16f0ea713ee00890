/**
 * Whether this device has a network. Browsers say so by events, which can be missed or wrong; an
 * answer of the server to what was asked since proves it.
 */
import { onlineManager } from '@tanstack/react-query';
import { create } from 'zustand';

export const useNetwork = create<{ online: boolean }>(() => ({
  // Absent outside of browsers.
  online: globalThis.navigator?.onLine !== false,
}));

const set = (online: boolean) => {
  if (useNetwork.getState().online === online) return;
  useNetwork.setState({ online });
  onlineManager.setOnline(online);
};

/** Milliseconds since 1970; null before the first answer. */
let last: number | null = null;

/** How often the network went, and when it last did by the page's clock. */
let losses = 0;
let lostAt = Number.NEGATIVE_INFINITY;

/** Milliseconds in which a message still arrives that was sent before the network went. */
export const ON_ITS_WAY = 2_000;

/** How often the network went. Keep it with a request, for its answer. */
export const networkLosses = (): number => losses;

/**
 * Call it for every response of the server. A fault proves the network, and no more; the answer to a
 * request from before the network went, of which there were `asked` losses, does not prove it.
 */
export function answered(isFault = false, asked = losses): void {
  if (!isFault) last = Date.now();
  if (asked === losses) set(true);
}

/** Call it for every message of the socket. */
export function heard(): void {
  last = Date.now();
  if (performance.now() - lostAt >= ON_ITS_WAY) set(true);
}

/** When the server answered last in this tab, other than with a fault. */
export const lastAnswer = (): number | null => last;

export const isOnline = (): boolean => useNetwork.getState().online;

/** Listens to the browser. Call it once, when the page starts. */
export function watchNetwork(): void {
  // It assumes a network until it hears otherwise, and a query that failed would not start again.
  onlineManager.setOnline(isOnline());
  addEventListener('online', () => set(true));
  addEventListener('offline', () => {
    losses += 1;
    lostAt = performance.now();
    set(false);
  });
}

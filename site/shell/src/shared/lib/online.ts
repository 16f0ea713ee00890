/**
 * Whether this device has a network. Browsers say so by events, which can be missed or wrong; an
 * answer of the server proves it.
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

/** Call it for every response and message of the server; a fault proves the network, and no more. */
export function answered(isFault = false): void {
  if (!isFault) last = Date.now();
  set(true);
}

/** When the server answered last in this tab, other than with a fault. */
export const lastAnswer = (): number | null => last;

export const isOnline = (): boolean => useNetwork.getState().online;

/** Listens to the browser. Call it once, when the page starts. */
export function watchNetwork(): void {
  // It assumes a network until it hears otherwise, and a query that failed would not start again.
  onlineManager.setOnline(isOnline());
  addEventListener('online', () => set(true));
  addEventListener('offline', () => set(false));
}

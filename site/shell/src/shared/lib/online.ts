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

/** Call it for every response and message of the server. */
export const answered = (): void => set(true);

export const isOnline = (): boolean => useNetwork.getState().online;

/** Listens to the browser. Call it once, when the page starts. */
export function watchNetwork(): void {
  addEventListener('online', () => set(true));
  addEventListener('offline', () => set(false));
}

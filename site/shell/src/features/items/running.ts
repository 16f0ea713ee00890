/** Which items' pages go on while their windows are hidden. Kept in the browser only. */
import { keptIds } from '@/shared/lib/kept-ids';

const running = keptIds('prox.keep-running', 1_000);

export const useKeepsRunning = (item: string): boolean => running.useAll().includes(item);

export const keepRunning = running.set;

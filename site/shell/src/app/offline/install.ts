/** What keeps the shell and the last homes in this browser, once the first page is shown. */
import { queryClient } from '@/shared/data/client';
import { keepHomes } from '@/shared/data/persist';
import { toast } from '@/shared/ui/toasts';
import { installServiceWorker } from './service-worker';

export function install(): Promise<void> {
  keepHomes(queryClient, (error) => {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    // Who forbids storage knows why; who has none left may want to make room.
    if (isFull)
      toast('warning', 'This browser has no room left, so your home will not open offline.');
  });
  return installServiceWorker();
}

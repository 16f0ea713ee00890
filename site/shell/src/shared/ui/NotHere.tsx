import { useEffect } from 'react';
import { toast } from './toasts';

/** In place of a menu or a question whose code could not be fetched: closes it, and says so. */
export function NotHere({ close }: { close: () => void }) {
  useEffect(() => {
    close();
    toast('error', 'This could not be opened. Check your connection, then reload the page.');
  }, [close]);
  return null;
}

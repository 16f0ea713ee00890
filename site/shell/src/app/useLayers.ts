/** Binds what is open to the address and to what the desktop keeps, once the code for that is here. */
import { useEffect } from 'react';
import { toastProblem } from '@/shared/ui/toasts';

/** Asked for with the first script, and not needed for the first paint. */
const code = import('./layers');
// A failure is reported below.
code.catch(() => {});

export function useLayers(person: string, { id, slug }: { id: string; slug: string }): void {
  useEffect(() => {
    let left = false;
    let stop: (() => void) | null = null;
    code.then(({ startLayers }) => {
      if (!left) stop = startLayers(person, id, slug);
    }, toastProblem);
    return () => {
      left = true;
      stop?.();
    };
  }, [person, id, slug]);
}

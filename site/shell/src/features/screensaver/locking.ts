/** Locks this browser: the parts of `lock.ts` that touch the page and the network. */
import { navigate } from 'wouter/use-browser-location';
import { knownPerson, queryClient } from '@/shared/data/client';
import { signOut } from '@/shared/data/me';
import { isOnline } from '@/shared/lib/online';
import { signInPath } from '@/shared/lib/paths';
import { flushDocuments, hasUnsent } from '@/shared/state/documents';
import { toast } from '@/shared/ui/toasts';
import { forgetPerson } from '@/system/forget';
import { endSession, type Obstacle, type Outcome } from './lock';

const isSignInPage = () => location.pathname === '/sign-in';

/** Whether there is somebody here whose session can end. */
export const isSignedIn = (): boolean => knownPerson() !== undefined && !isSignInPage();

/** Waits until no change is on its way. */
const writesDone = () =>
  new Promise<void>((resolve) => {
    const cache = queryClient.getMutationCache();
    const look = () => {
      if (queryClient.isMutating() > 0) return false;
      resolve();
      return true;
    };
    if (look()) return;
    const stop = cache.subscribe(() => {
      if (look()) stop();
    });
  });

/** Ends the session of this browser, and shows the page to sign in, which leads back to this one. */
export function lock(cancelled: AbortSignal): Promise<Outcome> {
  const owner = knownPerson() ?? '';
  const place = location.pathname + location.search;
  return endSession(
    {
      isOnline,
      // Another tab, or another device, was faster.
      isEnded: () => !isSignedIn(),
      send: async () => {
        await writesDone();
        await flushDocuments(owner);
        return !hasUnsent(owner);
      },
      end: (signal) => signOut(signal).then(() => {}),
      leave: () => {
        forgetPerson(owner, 'keep');
        navigate(signInPath(place, 'locked'), { replace: true });
      },
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    },
    cancelled,
  );
}

const REFUSALS: Record<Obstacle, string> = {
  offline: 'Not locked: locking needs a connection.',
  unsent: 'Not locked: some of your changes could not be sent yet. Try again soon.',
  failed: 'Not locked: Prox OS does not answer. Try again soon.',
};

/** Locks at the request of the person, without a screensaver. */
export async function lockNow(): Promise<void> {
  const outcome = await lock(new AbortController().signal);
  if (outcome !== 'locked') toast('error', REFUSALS[outcome]);
}

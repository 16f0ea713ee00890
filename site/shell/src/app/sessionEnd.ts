/** What a tab does when its session ended elsewhere, or somebody else signed in in another tab. */
import { knownPerson, queryClient } from '@/shared/data/client';
import { keys } from '@/shared/data/keys';
import { type SignInReason, signInPath } from '@/shared/lib/paths';
import { forgetDocuments } from '@/shared/state/documents';
import { forgetPerson } from '@/system/forget';

/** A tab with a cached person had a session, which ended. At `/` no reason is needed. */
export function whySignIn(path: string): SignInReason | undefined {
  if (knownPerson() !== undefined) return 'ended';
  return path === '/' ? undefined : 'needed';
}

/**
 * Forgets the person, and shows the page to sign in, which leads back to `here`. What was not sent
 * stays in this browser: with the session of another person it must not be sent.
 */
export function leaveForSignIn(here: string, go: (path: string) => void): void {
  const path = signInPath(here, whySignIn(here));
  forgetPerson(knownPerson() ?? '', 'keep');
  if (!here.startsWith('/sign-in')) go(path);
}

/** Another tab says who is signed in now; null when nobody is. `leave` shows the home of that person. */
export function takeOver(now: string | null, leave: () => void): void {
  const mine = knownPerson();
  if (mine === undefined || mine === now) return;
  if (now === null) {
    // The answer tells whether the session is over.
    void queryClient.invalidateQueries({ queryKey: keys.me });
    return;
  }
  forgetDocuments(mine, true);
  leave();
}

/**
 * The server closed the socket of this tab's session, which ended, or which a sign-in in another tab
 * replaced. `stay` goes on with the session of the same person, `leave` shows the home of another one.
 */
export async function whenClosed(stay: () => void, leave: () => void): Promise<void> {
  const mine = knownPerson();
  // A 401 forgets the person, and shows the page to sign in.
  await queryClient.invalidateQueries({ queryKey: keys.me });
  const now = knownPerson();
  if (mine === undefined || now === undefined) return;
  if (now === mine) {
    stay();
    return;
  }
  forgetDocuments(mine, true);
  leave();
}

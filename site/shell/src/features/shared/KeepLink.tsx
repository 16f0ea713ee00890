/** `/shared`: keeps a share link in the person's account. */

import { asProblem, type SharedSpace } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { CircleSlash, Clock, Inbox, type LucideIcon, SearchX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { organizationsQuery } from '@/shared/data/me';
import { useKeepLink } from '@/shared/data/shared';
import { useTitle } from '@/shared/lib/hooks';
import { spacePath } from '@/shared/lib/paths';
import { forgetShareToken, shareToken } from '@/shared/lib/share-token';
import { Field } from '@/shared/ui/Field';
import { FormProblem, Note } from '@/shared/ui/States';
import { toast } from '@/shared/ui/toasts';
import { titleOf } from './windows';

/** `home`: where to go on, the path of a desktop. */
export default function KeepLink({ home }: { home: string }) {
  useTitle('Keep a shared page');
  const [, navigate] = useLocation();
  const [token] = useState(shareToken);
  const [passphrase, setPassphrase] = useState('');
  const [asked, setAsked] = useState(false);
  const { data: organizations } = useQuery(organizationsQuery);
  const keep = useKeepLink();
  const problem = keep.error ? asProblem(keep.error) : null;
  const goHome = () => {
    forgetShareToken();
    navigate(home, { replace: true });
  };
  if (token === null) {
    return (
      <Outcome icon={SearchX} title="There is no link to keep" onHome={goHome}>
        Open the link that you were sent, and choose to keep it there.
      </Outcome>
    );
  }
  if (problem && ENDED[problem.status]) {
    const { icon, title, text } = ENDED[problem.status] as Ending;
    return (
      <Outcome
        icon={icon}
        title={title}
        onHome={goHome}
        again={problem.status === 429 ? () => keep.reset() : undefined}
      >
        {text}
      </Outcome>
    );
  }
  const kept = (shared: SharedSpace) => {
    forgetShareToken();
    const own = organizations?.find(({ id }) => id === shared.organization.id);
    if (own) {
      toast('info', `You are a member of ${own.name}: its pages are yours to change.`);
      return navigate(spacePath(own.slug, shared.slug), { replace: true });
    }
    toast('success', `${titleOf(shared)} is now in “Shared with me”.`);
    navigate(`${home}?window=shared.${shared.space_id}`, { replace: true });
  };
  const submit = () => {
    if (keep.isPending) return;
    keep
      .mutateAsync({ token, ...(asked && { passphrase }) })
      .then(kept)
      .catch((error: unknown) => {
        const { status } = asProblem(error);
        if (asProblem(error).field('passphrase')) setAsked(true);
        // It opens nothing any more.
        else if (status === 404 || status === 410) forgetShareToken();
      });
  };
  const refused = problem?.field('passphrase');
  return (
    <Centered>
      <form
        noValidate
        className="w-full max-w-[400px] px-6 pb-[8vh]"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Inbox size={28} strokeWidth={1.5} aria-hidden="true" className="text-muted" />
        <h1 className="mt-4 text-2xl">Keep this in your home</h1>
        <p className="mt-2 mb-6 text-muted">
          What the link shows is then in “Shared with me”, and you can change what it lets you
          change. It stays theirs, and ends when the link ends.
        </p>
        {asked && (
          <Field
            label="Passphrase"
            type="password"
            autoComplete="off"
            autoFocus
            value={passphrase}
            hint="Whoever sent you the link knows it."
            error={
              refused && keep.variables?.passphrase ? 'That is not the passphrase.' : undefined
            }
            onChange={(event) => setPassphrase(event.target.value)}
          />
        )}
        <FormProblem error={problem} fields={['passphrase']} />
        <div className="mt-6 flex flex-wrap gap-2">
          <button
            type="submit"
            className="button button-primary !min-h-11"
            disabled={keep.isPending || (asked && passphrase === '')}
          >
            {keep.isPending ? 'Keeping' : 'Keep it'}
          </button>
          <button type="button" className="button button-quiet !min-h-11" onClick={goHome}>
            Not now
          </button>
        </div>
      </form>
    </Centered>
  );
}

type Ending = { icon: LucideIcon; title: string; text: string };

/** What the API answers when there is nothing to keep, by status. */
const ENDED: Partial<Record<number, Ending>> = {
  404: {
    icon: SearchX,
    title: 'There is no such link',
    text: 'It was ended, or its address is not complete. Ask the person who sent it for another one.',
  },
  410: {
    icon: CircleSlash,
    title: 'This link has ended',
    text: 'Its time is over, or it was opened as often as it may be. Ask the person who sent it for another one.',
  },
  429: {
    icon: Clock,
    title: 'Too many wrong passphrases',
    text: 'The link is closed for a quarter of an hour, also for the right one. Try again then.',
  },
};

type OutcomeProps = {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  onHome: () => void;
  again?: (() => void) | undefined;
};

const Outcome = ({ icon, title, children, onHome, again }: OutcomeProps) => (
  <Centered>
    <div role="status">
      <Note
        icon={icon}
        title={title}
        page
        actions={
          <>
            {again && (
              <button type="button" className="button button-secondary" onClick={again}>
                Try again
              </button>
            )}
            <button type="button" className="button button-secondary" onClick={onHome}>
              Go home
            </button>
          </>
        }
      >
        {children}
      </Note>
    </div>
  </Centered>
);

const Centered = ({ children }: { children: ReactNode }) => (
  <main className="grid h-full place-items-center overflow-y-auto">{children}</main>
);

/** The page to sign in, with the ways that this deployment offers. */

import { asProblem, type Provider } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { providersQuery, useDevSignIn } from '@/shared/data/me';
import { useTitle } from '@/shared/lib/hooks';
import { rememberPlace } from '@/shared/lib/leaving';
import type { SignInReason } from '@/shared/lib/paths';
import { Field } from '@/shared/ui/Field';
import { Mark } from '@/shared/ui/Mark';
import { FormProblem, Loaded, Note } from '@/shared/ui/States';

/** The values of `?google=` when a sign-in at Google made no session. */
const REFUSALS: Record<string, string> = {
  declined: 'Google was not allowed to sign you in.',
  expired: 'That took too long. Sign in again.',
  unverified: 'Google has not verified your email address. Verify it there, then try again.',
  taken: 'An account with that email address already exists. Sign in the way you did before.',
};

const REASONS: Record<SignInReason, string> = {
  ended: 'Your session has ended. Sign in to continue; what you typed is kept in this tab.',
  needed: 'Sign in to open that page.',
  locked: 'Locked. Sign in to go on.',
};

type Props = {
  returnTo: string;
  /** Why the last attempt at a provider made no session. */
  refusal: string | null;
  reason: SignInReason | null;
  onSignedIn: () => void;
};

export default function SignIn({ returnTo, refusal, reason, onSignedIn }: Props) {
  useTitle('Sign in');
  const query = useQuery(providersQuery);
  return (
    <main className="grid h-full place-items-center overflow-y-auto p-6">
      <div className="w-full max-w-[360px] pb-[8vh]">
        <Mark size={40} />
        <h1 className="mt-6 text-2xl">Sign in to Prox OS</h1>
        <p className="mt-2 mb-8 text-muted">
          One home for the apps, links and notes you already have.
        </p>
        {reason && !refusal && (
          <p role="status" className="mb-4 rounded-control bg-sunken px-3 py-2">
            {REASONS[reason]}
          </p>
        )}
        {refusal && (
          <p role="alert" className="mb-4 rounded-control bg-danger-soft px-3 py-2">
            {REFUSALS[refusal] ?? 'That sign-in did not work. Try again.'}
          </p>
        )}
        <Loaded
          query={query}
          skeleton={<span className="skeleton block h-[var(--control-height)]" />}
        >
          {(providers) => (
            <Ways providers={providers} returnTo={returnTo} onSignedIn={onSignedIn} />
          )}
        </Loaded>
      </div>
    </main>
  );
}

function Ways({
  providers,
  returnTo,
  onSignedIn,
}: { providers: readonly Provider[] } & Pick<Props, 'returnTo' | 'onSignedIn'>) {
  const byRedirect = providers.filter(({ url }) => url);
  const development = providers.some(({ id }) => id === 'dev');
  if (byRedirect.length === 0 && !development) {
    return (
      <Note title="No way to sign in">
        This deployment has no sign-in configured. Ask the person who runs it.
      </Note>
    );
  }
  return (
    <div className="flex flex-col gap-6">
      {byRedirect.map(({ id, name, url }) => (
        <a
          key={id}
          className="button button-secondary !min-h-11"
          href={`${url}?return_to=${encodeURIComponent(returnTo)}`}
          onClick={() => rememberPlace(returnTo)}
        >
          {id === 'google' && <GoogleMark />}
          Continue with {name}
        </a>
      ))}
      {byRedirect.length > 0 && development && (
        <p className="flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
          or
        </p>
      )}
      {development && <DevelopmentForm onSignedIn={onSignedIn} />}
    </div>
  );
}

function DevelopmentForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const signIn = useDevSignIn();
  const problem = signIn.error ? asProblem(signIn.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), name: name.trim() || null }, { onSuccess: onSignedIn });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field
        label="Email"
        type="email"
        name="email"
        autoComplete="email"
        autoFocus
        value={email}
        error={problem?.field('email')}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        optional
        value={name}
        error={problem?.field('name')}
        onChange={(event) => setName(event.target.value)}
      />
      <FormProblem error={problem} fields={['email', 'name']} />
      <button type="submit" className="button button-primary !min-h-11" disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in' : 'Sign in'}
      </button>
      <p className="text-sm text-muted">
        Development sign-in: any address works, and nothing is mailed.
      </p>
    </form>
  );
}

/** Google asks for its mark in its own colours. */
const GoogleMark = () => (
  <svg width="18" height="18" viewBox="0 0 48 48" aria-hidden="true">
    <path
      fill="#EA4335"
      d="M24 9.500c3.540 0 6.710 1.220 9.210 3.600l6.850-6.850C35.900 2.380 30.470 0 24 0 14.620 0 6.510 5.380 2.560 13.220l7.980 6.190C12.430 13.720 17.740 9.500 24 9.500z"
    />
    <path
      fill="#4285F4"
      d="M46.980 24.550c0-1.570-.15-3.090-.38-4.550H24v9.020h12.940c-.58 2.960-2.260 5.480-4.780 7.180l7.730 6c4.510-4.180 7.090-10.360 7.090-17.650z"
    />
    <path
      fill="#FBBC05"
      d="M10.530 28.590c-.48-1.450-.76-2.990-.76-4.590s.27-3.140.76-4.590l-7.980-6.190C.92 16.460 0 20.120 0 24c0 3.880.92 7.540 2.560 10.780l7.970-6.190z"
    />
    <path
      fill="#34A853"
      d="M24 48c6.480 0 11.930-2.130 15.890-5.810l-7.730-6c-2.150 1.450-4.920 2.300-8.160 2.300-6.260 0-11.570-4.220-13.470-9.910l-7.980 6.190C6.510 42.620 14.620 48 24 48z"
    />
  </svg>
);

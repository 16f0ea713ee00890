/** The routes of the shell. Dialogs are in `dialogs.tsx`, apps with a window in `registry.tsx`. */

import { asProblem, type Me } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent } from 'react';
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter';
import { slackOutcome } from '@/features/connectors/outcome';
import { whenSignedOut } from '@/shared/api/client';
import { queryClient } from '@/shared/data/client';
import { keepAgain, watchKept } from '@/shared/data/kept';
import { meQuery } from '@/shared/data/me';
import { usePreferencesSync } from '@/shared/data/preferences';
import { usePainted } from '@/shared/lib/hooks';
import { placeBefore } from '@/shared/lib/leaving';
import { insidePath, returnPath, signInPath, signInReason, spacePath } from '@/shared/lib/paths';
import { Announcer } from '@/shared/ui/announce';
import { Boundary, Optional } from '@/shared/ui/Boundary';
import { ConfirmHost } from '@/shared/ui/confirm';
import { MenuHost } from '@/shared/ui/menu';
import { Note } from '@/shared/ui/States';
import { Toasts, toast } from '@/shared/ui/toasts';
import { CenteredPage, PendingPage } from './CenteredPage';
import { OrganizationRoute } from './OrganizationRoute';
import { StartRoute } from './Start';
import { leaveForSignIn, takeOver, whySignIn } from './sessionEnd';

const SignIn = lazy(() => import('@/features/auth/SignIn'));
const ScreensaverHost = lazy(() => import('@/features/screensaver/Host'));
const ShareRoute = lazy(() => import('./Share'));

const SHARE = (
  <SignedIn>
    {(me) => (
      <Suspense>
        <ShareRoute me={me} />
      </Suspense>
    )}
  </SignedIn>
);

export function App() {
  const [, navigate] = useLocation();
  const painted = usePainted();
  useEffect(
    () =>
      whenSignedOut(() =>
        leaveForSignIn(location.pathname + location.search, (path) =>
          navigate(path, { replace: true }),
        ),
      ),
    [navigate],
  );
  useEffect(() => watchKept((now) => takeOver(now, () => location.replace('/'))), []);
  return (
    <>
      <Boundary>
        <Switch>
          <Route path="/sign-in">
            <SignInRoute />
          </Route>
          <Route path="/">
            <SignedIn>{(me) => <FrontDoor me={me} />}</SignedIn>
          </Route>
          <Route path="/look">
            <SignedIn>{(me) => <SharedLook me={me} />}</SignedIn>
          </Route>
          <Route path="/start">
            <SignedIn>{(me) => <StartRoute me={me} />}</SignedIn>
          </Route>
          <Route path="/share">{SHARE}</Route>
          <Route path="/shared">{SHARE}</Route>
          <Route path="/welcome/:org/:step?">
            {({ org, step }) => (
              <SignedIn>
                {(me) => <OrganizationRoute me={me} slug={org} welcome={{ step }} />}
              </SignedIn>
            )}
          </Route>
          <Route path="/o/:org/:space?">
            {({ org, space }) => (
              <SignedIn>
                {(me) => <OrganizationRoute me={me} slug={org} spaceSlug={space} />}
              </SignedIn>
            )}
          </Route>
          <Route>
            <CenteredPage>
              <Note
                title="There is nothing here"
                page
                actions={
                  <a className="button button-secondary" href="/">
                    Go home
                  </a>
                }
              >
                The address may be old or mistyped.
              </Note>
            </CenteredPage>
          </Route>
        </Switch>
      </Boundary>
      <MenuHost />
      <ConfirmHost />
      <Toasts />
      <Announcer />
      {painted && (
        <Optional>
          <ScreensaverHost />
        </Optional>
      )}
    </>
  );
}

function SignInRoute() {
  const [, navigate] = useLocation();
  const search = useSearch();
  const refusal = new URLSearchParams(search).get('google');
  // The API sends a refused sign-in back without the way on.
  const returnTo = refusal ? insidePath(placeBefore()) : returnPath(search);
  const reason = signInReason(search);
  const goOn = () => {
    // The cache may hold data of another person.
    queryClient.clear();
    keepAgain();
    navigate(returnTo, { replace: true });
  };
  // Another tab signed in, perhaps with the session that replaced the one of this tab.
  const follow = useEffectEvent((now: string | null) => {
    if (now !== null && reason === 'ended') goOn();
  });
  useEffect(() => watchKept((now) => follow(now)), []);
  return (
    <Suspense>
      <SignIn returnTo={returnTo} refusal={refusal} reason={reason} onSignedIn={goOn} />
    </Suspense>
  );
}

/** Redirects to the person's home, or back to where they left to connect a provider. */
function FrontDoor({ me }: { me: Me }) {
  const search = useSearch();
  const outcome = slackOutcome(search);
  useEffect(() => {
    const said = slackOutcome(search);
    if (said) toast(...said);
  }, [search]);
  return <Redirect to={(outcome && placeBefore()) || spacePath(me.handle)} replace />;
}

/** Shows the look of a link over the person's home. */
function SharedLook({ me }: { me: Me }) {
  const search = new URLSearchParams(useSearch());
  search.set('dialog', 'use-look');
  return <Redirect to={`${spacePath(me.handle)}?${search}`} replace />;
}

/** Waits for the person. */
function SignedIn({ children }: { children: (me: Me) => ReactNode }) {
  const query = useQuery(meQuery);
  if (query.data) return <Person me={query.data}>{children}</Person>;
  // The first answer can be faster than the reaction to a 401 above.
  if (asProblem(query.error).status === 401) {
    const here = location.pathname + location.search;
    return <Redirect to={signInPath(here, whySignIn(here))} replace />;
  }
  return <PendingPage query={query} />;
}

function Person({ me, children }: { me: Me; children: (me: Me) => ReactNode }) {
  usePreferencesSync(me.id);
  return children(me);
}

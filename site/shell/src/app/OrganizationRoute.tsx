/** One organization: resolves the address's slugs, then shows its first run or its desktop. */

import type { Me, Organization, Space } from '@prox/api-client';
import { artOf } from '@prox/art';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, use, useEffect } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import { refetchGone } from '@/shared/data/items';
import { organizationsQuery } from '@/shared/data/me';
import { HOME, spaceQuery, spacesQuery } from '@/shared/data/spaces';
import { forgetHome, rememberHome } from '@/shared/lib/last-home';
import { spacePath, welcomePath } from '@/shared/lib/paths';
import { PlaceContext } from '@/shared/lib/place';
import { Note } from '@/shared/ui/States';
import { closeDialog } from '@/system/dialogs';
import { CenteredPage, PendingPage } from './CenteredPage';
import { DesktopRoute } from './DesktopRoute';
import { early } from './prefetch';
import { DesktopSkeleton } from './Skeleton';
import { useRealtime } from './useRealtime';

const Welcome = lazy(() => import('@/features/welcome/Welcome'));

/** `welcome`: the first run, at the step that the address names, whatever spaces there are. */
type Props = {
  me: Me;
  slug: string;
  spaceSlug?: string | undefined;
  welcome?: { step: string | undefined };
};

export function OrganizationRoute({ me, slug, spaceSlug, welcome }: Props) {
  const query = useQuery(organizationsQuery);
  if (!query.data) return <PendingPage query={query} />;
  const organization = query.data.find((one) => one.slug === slug);
  // What this browser kept may not know a new organization yet.
  if (!organization) return query.isFetching ? <PendingPage query={query} /> : <NoOrganization />;
  return (
    <Suspense fallback={<DesktopSkeleton />}>
      <Inside
        key={organization.id}
        me={me}
        organization={organization}
        spaceSlug={spaceSlug}
        welcome={welcome}
      />
    </Suspense>
  );
}

function NoOrganization() {
  useEffect(forgetHome, []);
  return (
    <CenteredPage>
      <Note
        title="There is no such organization"
        page
        actions={
          <a className="button button-secondary" href="/">
            Go to your home
          </a>
        }
      >
        It was renamed or deleted, or you are not a member of it.
      </Note>
    </CenteredPage>
  );
}

type InsideProps = {
  me: Me;
  organization: Organization;
  spaceSlug: string | undefined;
  welcome: Props['welcome'];
};

function Inside({ me, organization, spaceSlug, welcome }: InsideProps) {
  useRealtime(organization.id);
  // Dialogs belong to an organization, as windows do (`useLayers`).
  useEffect(() => closeDialog, []);
  const [, navigate] = useLocation();
  // What was shared waits in the address, through the first run.
  const search = useSearch();
  const kept = search && `?${search}`;
  if (early.spaces) use(early.spaces);
  const query = useQuery(spacesQuery(organization.id));
  const spaces = query.data;
  // A window may show an item of a space that somebody deleted.
  useEffect(() => {
    if (spaces) refetchGone(spaces);
  }, [spaces]);
  if (!spaces) return <PendingPage query={query} />;
  if (welcome) {
    return (
      <Suspense fallback={<DesktopSkeleton />}>
        <Welcome
          me={me}
          organization={organization}
          home={spaces.find(({ slug }) => slug === HOME) ?? null}
          step={welcome.step}
          onStep={(step) =>
            navigate(welcomePath(organization.slug, step) + kept, { replace: true })
          }
          onDone={() => navigate(spacePath(organization.slug) + kept, { replace: true })}
        />
      </Suspense>
    );
  }
  if (spaces.length === 0) return <Redirect to={welcomePath(organization.slug) + kept} replace />;
  const home = spaces.find((space) => space.slug === HOME);
  if (!spaceSlug)
    return <Redirect to={spacePath(organization.slug, (home ?? spaces[0])?.slug) + kept} replace />;
  const space = spaces.find((one) => one.slug === spaceSlug);
  if (!space && query.isFetching) return <PendingPage query={query} />;
  return <Desktop me={me} organization={organization} known={space ?? null} spaces={spaces} />;
}

type DesktopProps = {
  me: Me;
  organization: Organization;
  /** Null when the address names none that exists. */
  known: Space | null;
  spaces: readonly Space[];
};

/** The list names the space at once; its own query is the one that the server keeps fresh. */
function Desktop({ me, organization, known, spaces }: DesktopProps) {
  const { data } = useQuery({
    ...spaceQuery(organization.id, known?.id ?? ''),
    ...(known && { initialData: known }),
    enabled: known !== null,
    staleTime: 30_000,
  });
  const space = data && known && data.version >= known.version ? data : known;
  const { id, slug, cover } = space ?? {};
  useEffect(() => {
    if (id && slug) {
      const kind = cover ? (artOf(cover) ? 'art' : 'picture') : 'none';
      rememberHome(me.id, { organization: organization.slug, space: slug, id }, kind);
    }
    // A home that is gone must not be where the next start begins.
    else forgetHome();
  }, [me.id, organization.slug, id, slug, cover]);
  return (
    <PlaceContext value={{ me, organization, space }}>
      <DesktopRoute organization={organization} spaces={spaces} space={space} />
    </PlaceContext>
  );
}

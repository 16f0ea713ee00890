/** One organization: resolves the address's slugs, then shows its first run or its desktop. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, use, useEffect } from 'react';
import { Redirect, useLocation } from 'wouter';
import type { Me, Organization, Space } from '@/shared/api/types';
import { organizationsQuery } from '@/shared/data/me';
import { HOME, spaceQuery, spacesQuery } from '@/shared/data/spaces';
import { spacePath, welcomePath } from '@/shared/lib/paths';
import { PlaceContext } from '@/shared/lib/place';
import { Note } from '@/shared/ui/States';
import { dispatch } from '@/system/windows/store';
import { DesktopRoute } from './DesktopRoute';
import { Middle, Unanswered } from './Middle';
import { early } from './prefetch';
import { DesktopSkeleton } from './Skeleton';
import { useRealtime } from './useRealtime';

const Welcome = lazy(() => import('@/features/welcome/Welcome'));

/** `welcome`: the first run, whatever spaces there are. */
type Props = { me: Me; slug: string; spaceSlug?: string | undefined; welcome?: boolean };

export function OrganizationRoute({ me, slug, spaceSlug, welcome = false }: Props) {
  const query = useQuery(organizationsQuery);
  if (!query.data) return <Unanswered query={query} />;
  const organization = query.data.find((one) => one.slug === slug);
  if (!organization) {
    return (
      <Middle>
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
      </Middle>
    );
  }
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

type InsideProps = {
  me: Me;
  organization: Organization;
  spaceSlug: string | undefined;
  welcome: boolean;
};

function Inside({ me, organization, spaceSlug, welcome }: InsideProps) {
  useRealtime(organization.id);
  // Windows belong to an organization.
  useEffect(() => () => dispatch({ type: 'close-all' }), []);
  const [, navigate] = useLocation();
  use(early.spaces);
  const query = useQuery(spacesQuery(organization.id));
  const spaces = query.data;
  if (!spaces) return <Unanswered query={query} />;
  if (welcome) {
    return (
      <Suspense fallback={<DesktopSkeleton />}>
        <Welcome
          me={me}
          organization={organization}
          onDone={() => navigate(spacePath(organization.slug), { replace: true })}
        />
      </Suspense>
    );
  }
  if (spaces.length === 0) return <Redirect to={welcomePath(organization.slug)} replace />;
  const home = spaces.find((space) => space.slug === HOME);
  if (!spaceSlug)
    return <Redirect to={spacePath(organization.slug, (home ?? spaces[0])?.slug)} replace />;
  const space = spaces.find((one) => one.slug === spaceSlug);
  return space ? (
    <WithSpace me={me} organization={organization} known={space} spaces={spaces} />
  ) : (
    <PlaceContext value={{ me, organization, space: null }}>
      <DesktopRoute organization={organization} spaces={spaces} space={null} />
    </PlaceContext>
  );
}

type WithSpaceProps = {
  me: Me;
  organization: Organization;
  known: Space;
  spaces: readonly Space[];
};

/** The list names the space at once; its own query is the one that the server keeps fresh. */
function WithSpace({ me, organization, known, spaces }: WithSpaceProps) {
  const { data } = useQuery({
    ...spaceQuery(organization.id, known.id),
    initialData: known,
    staleTime: 30_000,
  });
  const space = data.version >= known.version ? data : known;
  return (
    <PlaceContext value={{ me, organization, space }}>
      <DesktopRoute organization={organization} spaces={spaces} space={space} />
    </PlaceContext>
  );
}

/** A surface with art drawn in code, or with a picture: covers of spaces, wallpapers of desktops. */
import { type Art, artOf } from '@prox/art';
import { type ReactNode, use, useEffect, useState } from 'react';
import { PICTURE, pictureUrl } from '@/shared/lib/icon-forms';
import { PlaceContext } from '@/shared/lib/place';
import { webUrl } from '@/shared/lib/url';

/** The styles of each art, fetched when it is first shown. */
const STYLES: Record<Art, () => Promise<unknown>> = {
  dunes: () => import('@prox/art/css/dunes.css'),
  waves: () => import('@prox/art/css/waves.css'),
  grid: () => import('@prox/art/css/grid.css'),
  aurora: () => import('@prox/art/css/aurora.css'),
  paper: () => import('@prox/art/css/paper.css'),
  dawn: () => import('@prox/art/css/dawn.css'),
  tide: () => import('@prox/art/css/tide.css'),
  orbit: () => import('@prox/art/css/orbit.css'),
};

const arrived = new Set<Art>();

/** Whether the styles of an art have arrived. */
function useStyles(art: Art | null): boolean {
  const [loaded, setLoaded] = useState(art && arrived.has(art) ? art : null);
  useEffect(() => {
    if (!art) return;
    let current = true;
    STYLES[art]().then(
      () => {
        arrived.add(art);
        if (current) setLoaded(art);
      },
      // Without its styles the surface stays plain.
      () => {},
    );
    return () => {
      current = false;
    };
  }, [art]);
  return art !== null && loaded === art;
}

type Props = {
  /** `art:NAME`, `picture:HASH`, or the URL of a picture; anything else leaves the surface plain. */
  stored: string | null | undefined;
  /** Degrees; absent for the accent of where it stands. */
  hue?: number | null | undefined;
  /** How much of the page's colour lies over a picture, so that text stays readable: 0 to 1. */
  veil?: number;
  className?: string;
  children?: ReactNode;
};

export function ArtSurface({ stored, hue, veil = 0, className = '', children }: Props) {
  const art = artOf(stored);
  const styled = useStyles(art);
  const place = use(PlaceContext);
  const picture = art
    ? null
    : webUrl(
        stored?.startsWith(PICTURE) && place ? pictureUrl(place.organization.id, stored) : stored,
      );
  return (
    <div
      className={`${styled ? `art-${art}` : ''} ${className}`}
      style={{ ['--art-hue' as string]: hue ?? 'var(--accent-hue)' }}
    >
      {picture && <Picture key={picture.href} url={picture} veil={veil} />}
      {children}
    </div>
  );
}

/** A picture of another site; while it loads, and when it cannot be shown, the surface is plain. */
function Picture({ url, veil }: { url: URL; veil: number }) {
  const [state, setState] = useState<'loading' | 'shown' | 'broken'>('loading');
  if (state === 'broken') return null;
  return (
    <>
      <img
        src={url.href}
        alt=""
        draggable={false}
        decoding="async"
        referrerPolicy="no-referrer"
        className={`pointer-events-none absolute inset-0 size-full object-cover transition-opacity duration-300 ${state === 'shown' ? '' : 'opacity-0'}`}
        onLoad={() => setState('shown')}
        onError={() => setState('broken')}
      />
      {veil > 0 && state === 'shown' && (
        <span className="absolute inset-0 bg-surface" style={{ opacity: veil }} />
      )}
    </>
  );
}

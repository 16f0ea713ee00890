/** The things of the space that was open, on slow orbits around its title. */
import type { Item, Space } from '@prox/api-client';
import { queryClient } from '@/shared/data/client';
import { iconUrl } from '@/shared/data/icon';
import { ArtSurface } from '@/shared/ui/Art';
import { Face } from '@/shared/ui/Face';

/** Things on each ring, from the inside. */
const RINGS = [5, 9, 13] as const;

/** Of a ring, in hundredths of the smaller side of the screen. */
const radiusOf = (ring: number) => 21 + ring * 11.5;

/** What is in the cache: nothing is fetched while nobody is there. */
function lastSpace(): { title: string; items: readonly Item[] } {
  const lists = queryClient
    .getQueriesData<readonly Item[]>({ queryKey: ['items'] })
    .map(([, items]) => items ?? [])
    .sort((a, b) => b.length - a.length);
  const items = (lists[0] ?? []).filter(({ kind }) => kind === 'app' || kind === 'link');
  const space = queryClient.getQueryData<Space>(['space', items[0]?.space_id]);
  return { title: space?.title ?? '', items };
}

export function Orbit() {
  const { title, items } = lastSpace();
  let taken = 0;
  return (
    <ArtSurface stored="art:aurora" className="absolute inset-0 grid place-items-center">
      <p dir="auto" className="max-w-[30vmin] text-center text-[4vmin] leading-tight font-semibold">
        {title}
      </p>
      {RINGS.map((count, ring) => (
        <span
          key={count}
          aria-hidden="true"
          className="absolute rounded-full border border-line"
          style={{ width: `${2 * radiusOf(ring)}vmin`, height: `${2 * radiusOf(ring)}vmin` }}
        />
      ))}
      {RINGS.map((count, ring) => {
        const own = items.slice(taken, taken + count);
        taken += own.length;
        return own.map((item, at) => (
          <span
            key={item.id}
            aria-hidden="true"
            className="orbit-body absolute top-1/2 left-1/2"
            style={{
              ['--radius' as string]: `${radiusOf(ring)}vmin`,
              ['--from' as string]: `${(at / own.length) * 360 + ring * 17}deg`,
              animationDuration: `${180 + ring * 80}s`,
              animationDirection: ring % 2 === 0 ? 'normal' : 'reverse',
            }}
          >
            <Face name={item.title} picture={iconUrl(item)} color={item.color} size="7vmin" />
          </span>
        ));
      })}
    </ArtSurface>
  );
}

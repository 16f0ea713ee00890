/** What the tiles of widgets are made of: a heading, rows, and what is said when there are none. */
import { asProblem } from '@prox/api-client';
import type { FetchStatus } from '@tanstack/react-query';
import { CloudOff, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { iconUrl } from '@/shared/data/icon';
import { ago, exactly } from '@/shared/lib/time';
import { Face } from '@/shared/ui/Face';
import type { BodyProps } from './view';

/** The icon and the title, with one more line beside or below it: the whole of a small tile. */
export function Line({
  item,
  size,
  tone,
  brief,
  children,
}: Pick<BodyProps, 'item' | 'size'> & {
  /** The colour of the line; absent for the usual one. */
  tone?: 'bad' | undefined;
  /** A word or two for the smallest tile, which has no room for the line. */
  brief?: string | undefined;
  children?: ReactNode;
}) {
  return (
    <div className="widget-line">
      <Face
        name={item.title}
        picture={iconUrl(item)}
        color={item.color}
        size={size === 'icon' ? 'var(--tile-icon)' : 'min(var(--tile-icon), 40px)'}
      />
      <span className="tile-words">
        <span dir="auto" className="tile-name">
          {item.title}
        </span>
        {size === 'icon' && brief && (
          <span className="tile-more" data-tone={tone}>
            {brief}
          </span>
        )}
        {children && size !== 'icon' && (
          <span dir="auto" className="tile-more" data-tone={tone}>
            {children}
          </span>
        )}
      </span>
    </div>
  );
}

/** The title of a large tile, with what belongs to all of it at its end. */
export const Heading = ({ item, children }: Pick<BodyProps, 'item'> & { children?: ReactNode }) => (
  <div className="widget-heading">
    <Face name={item.title} picture={iconUrl(item)} color={item.color} size="20px" />
    <span dir="auto" className="widget-title">
      {item.title}
    </span>
    {children}
  </div>
);

/** How old something is, as short as there is room for. */
export const Age = ({ at, now }: { at: string; now: number }) => (
  <time className="widget-age" dateTime={at} title={exactly(at)}>
    {ago(at, now)}
  </time>
);

/** How wide the rows of the skeleton are, in per cent. */
const WIDTHS = [72, 58, 66];

const Skeleton = () => (
  <div aria-busy="true" className="widget-rows">
    <span className="sr-only">Loading</span>
    {WIDTHS.map((width) => (
      <span key={width} aria-hidden="true" className="widget-row">
        <span className="skeleton h-3" style={{ width: `${width}%` }} />
      </span>
    ))}
  </div>
);

type SayingProps = {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  /** A button. */
  action?: ReactNode;
};

/** A sentence in the middle of a tile. */
export const Saying = ({ icon: Icon, title, children, action }: SayingProps) => (
  <div className="widget-saying">
    {Icon && <Icon size={20} strokeWidth={1.6} aria-hidden="true" />}
    <p>{title}</p>
    {children && <p className="widget-detail">{children}</p>}
    {action}
  </div>
);

type WaitingProps = {
  query: { error: unknown; fetchStatus: FetchStatus; refetch: () => unknown };
  tabIndex: 0 | -1;
};

/** In the place of what is not loaded yet, or could not be. */
export const Waiting = ({ query, tabIndex }: WaitingProps) =>
  query.error || query.fetchStatus === 'paused' ? (
    <Trouble error={query.error} tabIndex={tabIndex} retry={() => void query.refetch()} />
  ) : (
    <Skeleton />
  );

type TroubleProps = {
  /** Null when the device is offline. */
  error: unknown;
  tabIndex: 0 | -1;
  retry: () => void;
};

/** Why there is nothing to show yet, and what to do. */
function Trouble({ error, tabIndex, retry }: TroubleProps) {
  if (error === null || asProblem(error).code === 'offline') {
    return (
      <Saying icon={CloudOff} title="You are offline">
        It shows here as soon as you are back.
      </Saying>
    );
  }
  return (
    <Saying
      icon={TriangleAlert}
      title="This could not be loaded"
      action={
        <button type="button" tabIndex={tabIndex} className="widget-button" onClick={retry}>
          Try again
        </button>
      }
    />
  );
}

/** Which links of the page fail, since the last check or one that is made now. */
import { useQuery } from '@tanstack/react-query';
import { Link2, RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { openItem } from '@/features/items/actions';
import { iconUrl } from '@/shared/data/icon';
import { itemsQuery } from '@/shared/data/items';
import { useNow } from '@/shared/lib/hooks';
import { useNetwork } from '@/shared/lib/online';
import { usePlace } from '@/shared/lib/place';
import { ago } from '@/shared/lib/time';
import { announce } from '@/shared/ui/announce';
import { Face } from '@/shared/ui/Face';
import { toastProblem } from '@/shared/ui/toasts';
import {
  type Checked,
  healthQuery,
  healthWords,
  type Summary,
  summaryOf,
  useCheckHealth,
} from './health';
import { Heading, Line, Saying, Waiting } from './parts';
import { type BodyProps, useFitting } from './view';

/** Px of a row. */
const ROW = 44;
/** Milliseconds after which a look at the widget checks again. */
const OLD = 60 * 60_000;

/** When this tab last checked the links of a space by itself. */
const looked = new Map<string, number>();

export function Health({ item, size, tabIndex }: BodyProps) {
  const { organization } = usePlace();
  const space = { id: item.space_id, organization_id: organization.id };
  const items = useQuery(itemsQuery(organization.id, item.space_id)).data ?? [];
  const query = useQuery(healthQuery(space));
  const check = useCheckHealth(space);
  const now = useNow();
  const { online } = useNetwork();
  const [box, fitting] = useFitting<HTMLDivElement>(ROW, 0);
  const summary = query.data && summaryOf(items, query.data);
  const { mutate, isPending } = check;

  const isOld =
    summary !== undefined &&
    summary.all.length > 0 &&
    (summary.checkedAt === null || Date.now() - summary.checkedAt > OLD);
  useEffect(() => {
    const last = looked.get(item.space_id) ?? 0;
    if (!isOld || !online || Date.now() - last < OLD) return;
    looked.set(item.space_id, Date.now());
    mutate();
  }, [isOld, online, mutate, item.space_id]);

  const checkNow = () => {
    if (isPending) return;
    announce('Checking the links');
    mutate(undefined, {
      onSuccess: (count) =>
        announce(count === 0 ? 'Everything was checked in the last minutes' : 'Checked'),
      onError: toastProblem,
    });
  };

  if (size === 'icon' || size === 'row') {
    return (
      <Line
        item={item}
        size={size}
        tone={summary && summary.failing.length > 0 ? 'bad' : undefined}
        brief={
          summary && summary.failing.length > 0 ? `${summary.failing.length} failing` : undefined
        }
      >
        {summary ? (isPending ? 'Checking' : healthWords(summary)) : 'Loading'}
      </Line>
    );
  }
  const button = (
    <button
      type="button"
      tabIndex={tabIndex}
      className="widget-button"
      aria-disabled={isPending || !online}
      onClick={() => online && checkNow()}
    >
      <RefreshCw size={13} aria-hidden="true" data-busy={isPending ? '' : undefined} />
      {isPending ? 'Checking' : 'Check now'}
    </button>
  );
  return (
    <>
      {size !== 'window' && <Heading item={item} />}
      {!summary ? (
        <div className="widget-main">
          <Waiting query={query} tabIndex={tabIndex} />
        </div>
      ) : summary.all.length === 0 ? (
        <div className="widget-main">
          <Saying icon={Link2} title="No links on this page">
            Apps and links that you add are checked here.
          </Saying>
        </div>
      ) : (
        <div className="health" data-failing={summary.failing.length > 0 ? '' : undefined}>
          <div className="health-state">
            <Dots summary={summary} />
            <p className="health-words">{healthWords(summary)}</p>
          </div>
          <div ref={box} className="widget-main">
            {summary.failing.length > 0 && (
              <ul className="widget-rows">
                {summary.failing.slice(0, size === 'window' ? undefined : fitting).map((one) => (
                  <Failing key={one.item.id} checked={one} tabIndex={tabIndex} now={now} />
                ))}
              </ul>
            )}
          </div>
          <div className="health-foot">
            <span className="widget-note">
              {summary.checkedAt === null
                ? 'Not all were checked'
                : `Checked ${ago(new Date(summary.checkedAt).toISOString(), now)}`}
            </span>
            {button}
          </div>
        </div>
      )}
    </>
  );
}

/** Links for which there is a dot. */
const MOST_DOTS = 60;

/** A dot for each link, first of those that fail: a small tile has no room for all. */
const Dots = ({ summary }: { summary: Summary }) => (
  <div aria-hidden="true" className="health-dots">
    {[...summary.failing, ...summary.all.filter((one) => !summary.failing.includes(one))]
      .slice(0, MOST_DOTS)
      .map(({ item, health }) => (
        <span key={item.id} data-state={health.state} title={item.title} />
      ))}
  </div>
);

type FailingProps = { checked: Checked; tabIndex: 0 | -1; now: number };

function Failing({ checked: { item, health }, tabIndex, now }: FailingProps) {
  return (
    <li>
      <button
        type="button"
        tabIndex={tabIndex}
        className="widget-row"
        onClick={() => openItem(item)}
      >
        <Face name={item.title} picture={iconUrl(item)} color={item.color} size="24px" />
        <span className="widget-words">
          <span dir="auto" className="widget-first">
            {item.title}
          </span>
          <span className="widget-second">
            {health.reason ?? (health.status ? `Answers ${health.status}` : 'Does not answer')}
          </span>
        </span>
        {health.checked_at && <span className="widget-age">{ago(health.checked_at, now)}</span>}
      </button>
    </li>
  );
}

/** The clock: a dial or digits by its size, here or in several time zones. */
import { type CSSProperties, useState } from 'react';
import { useMinute } from './minute';
import type { BodyProps } from './view';
import { dayWords, offsetWords, timeIn, type Zone, type ZoneTime, zonesOf } from './zones';

type Shown = Zone & ZoneTime;

/** How many zones there is room for. */
const MOST = { icon: 1, row: 1, card: 4, wide: 4, tall: 5, window: 12 } as const;

export function Clock({ item, size }: BodyProps) {
  const now = useMinute();
  const all = zonesOf(item.body).map((zone): Shown => ({ ...zone, ...timeIn(zone, now) }));
  const zones = all.slice(0, MOST[size]);
  const [first] = zones;
  if (!first) return null;
  return (
    <>
      <p className="sr-only">{zones.map(({ city, time }) => `${city} ${time}`).join(', ')}</p>
      <div aria-hidden="true" className="clock" data-many={zones.length > 1 ? '' : undefined}>
        {size === 'icon' ? (
          <Dial {...first} />
        ) : size === 'row' ? (
          <>
            <Digits {...first} />
            <span className="clock-words">
              <span className="clock-city">{first.city}</span>
              <span className="clock-date">{first.day}</span>
            </span>
          </>
        ) : zones.length === 1 ? (
          <Single zone={first} />
        ) : size === 'wide' || size === 'window' ? (
          <div className="clock-dials" style={{ '--zones': zones.length } as CSSProperties}>
            {zones.map((zone) => (
              <div key={zone.id} className="clock-place">
                <Dial {...zone} />
                <span className="clock-city">{zone.city}</span>
                <span className="clock-time">{zone.time}</span>
                <span className="clock-date">{difference(zone, now)}</span>
              </div>
            ))}
          </div>
        ) : (
          <Places zones={zones} now={now} big={size === 'tall'} />
        )}
      </div>
    </>
  );
}

const difference = (zone: Shown, now: number) =>
  [offsetWords(zone.offset), dayWords(zone, now)].filter(Boolean).join(', ');

/** A dial beside or above the digits. */
const Single = ({ zone }: { zone: Shown }) => (
  <div className="clock-single">
    <Dial {...zone} />
    <span className="clock-words">
      <Digits {...zone} />
      <span className="clock-date">{zone.date}</span>
      <span className="clock-city">{zone.city}</span>
    </span>
  </div>
);

/** Rows of places; `big`: below the dial of the first one. */
const Places = ({ zones, now, big }: { zones: readonly Shown[]; now: number; big: boolean }) => (
  <div className="clock-places">
    {big && zones[0] && <Dial {...zones[0]} />}
    {zones.map((zone) => (
      <div key={zone.id} className="clock-row">
        {!big && <Dial {...zone} plain />}
        <span className="clock-words">
          <span className="clock-city">{zone.city}</span>
          <span className="clock-date">{difference(zone, now)}</span>
        </span>
        <span className="clock-time">{zone.time}</span>
      </div>
    ))}
  </div>
);

const Digits = ({ digits, half }: ZoneTime) => (
  <span className="clock-digits">
    {digits}
    {half && <small>{half}</small>}
  </span>
);

const TICKS = Array.from({ length: 12 }, (_, at) => at * 30);

/** `plain`: too small for marks and a hand of seconds. */
function Dial({ hour, minute, isNight, plain = false }: ZoneTime & { plain?: boolean }) {
  // Where the hand begins; from then on the browser turns it.
  const [seconds] = useState(() => new Date().getSeconds());
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 100"
      className="dial"
      data-night={isNight ? '' : undefined}
      data-plain={plain ? '' : undefined}
    >
      <circle className="dial-face" cx="50" cy="50" r="49" />
      {!plain &&
        TICKS.map((angle) => (
          <line
            key={angle}
            className={angle % 90 === 0 ? 'dial-mark dial-quarter' : 'dial-mark'}
            x1="50"
            x2="50"
            y1="7"
            y2={angle % 90 === 0 ? 14 : 11}
            transform={`rotate(${angle} 50 50)`}
          />
        ))}
      <line
        className="dial-hand dial-hour"
        x1="50"
        x2="50"
        y1="50"
        y2="27"
        transform={`rotate(${(hour % 12) * 30 + minute / 2} 50 50)`}
      />
      <line
        className="dial-hand dial-minute"
        x1="50"
        x2="50"
        y1="50"
        y2="13"
        transform={`rotate(${minute * 6} 50 50)`}
      />
      {!plain && (
        <line
          className="dial-second"
          x1="50"
          x2="50"
          y1="58"
          y2="11"
          style={{ animationDelay: `${-seconds}s` }}
        />
      )}
      <circle className="dial-pivot" cx="50" cy="50" r={plain ? 5 : 3} />
    </svg>
  );
}

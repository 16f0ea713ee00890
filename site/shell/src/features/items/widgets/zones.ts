/** Time zones, and what a clock shows of them. */

export type Zone = {
  /** As `Europe/Berlin`; undefined for the one of this device. */
  id: string | undefined;
  /** `Berlin`. */
  city: string;
};

/** Those that a widget names, one on each line; the one of this device when there is none. */
export function zonesOf(body: string): Zone[] {
  const named = body
    .split('\n')
    .map((line) => line.trim())
    .filter((id) => id !== '' && isZone(id));
  return named.length > 0
    ? [...new Set(named)].map((id) => ({ id, city: cityOf(id) }))
    : [{ id: undefined, city: cityOf(here()) }];
}

export const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `America/Argentina/Buenos_Aires` → `Buenos Aires`. */
export const cityOf = (id: string): string => (id.split('/').at(-1) ?? id).replaceAll('_', ' ');

export function isZone(id: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: id });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, id: string | undefined, options: Intl.DateTimeFormatOptions) {
  const key = `${name}:${id ?? ''}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(name === 'clock' ? 'en-GB' : undefined, {
    ...options,
    ...(id && { timeZone: id }),
  });
  formats.set(key, made);
  return made;
}

export type ZoneTime = {
  /** In the words of the reader: `15:04` or `3:04 PM`. */
  time: string;
  /** The same without the half of the day, which stands apart: `3:04` and `PM`. */
  digits: string;
  half: string;
  /** `Monday, 30 November`, and `Mon, 30 Nov`. */
  date: string;
  day: string;
  hour: number;
  minute: number;
  isNight: boolean;
  /** Minutes from the time of this device. */
  offset: number;
};

export function timeIn({ id }: Zone, now: number): ZoneTime {
  const [hour = 0, minute = 0] = clockIn(id, now);
  const parts = format('time', id, { hour: 'numeric', minute: '2-digit' }).formatToParts(now);
  const isHalf = ({ type }: Intl.DateTimeFormatPart) => type === 'dayPeriod';
  const text = (some: Intl.DateTimeFormatPart[]) =>
    some
      .map(({ value }) => value)
      .join('')
      .trim();
  return {
    time: text(parts),
    digits: text(parts.filter((part) => !isHalf(part))),
    half: text(parts.filter(isHalf)),
    date: format('date', id, { weekday: 'long', day: 'numeric', month: 'long' }).format(now),
    day: format('day', id, { weekday: 'short', day: 'numeric', month: 'short' }).format(now),
    hour,
    minute,
    isNight: hour < 6 || hour >= 19,
    offset: id === undefined ? 0 : wallTime(id, now) - wallTime(undefined, now),
  };
}

/** Hour and minute of a clock on the wall. */
const clockIn = (id: string | undefined, now: number): number[] =>
  format('clock', id, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    .format(now)
    .split(':')
    .map(Number);

/** What a clock and a calendar on the wall show, as minutes. */
function wallTime(id: string | undefined, now: number): number {
  const parts = format('wall', id, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
  }).formatToParts(now);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')) / 60_000;
}

/** `+5:30`, `−6`, `Same time`. */
export function offsetWords(minutes: number): string {
  if (minutes === 0) return 'Same time';
  const size = Math.abs(minutes);
  const rest = size % 60;
  const hours = `${Math.floor(size / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
  return `${minutes < 0 ? '−' : '+'}${hours} h`;
}

/** Where another day is: `tomorrow`, `yesterday`; empty for the same day. */
export function dayWords({ offset }: ZoneTime, now: number): string {
  const here = new Date(now);
  const minutes = here.getHours() * 60 + here.getMinutes() + offset;
  return minutes < 0 ? 'yesterday' : minutes >= 1440 ? 'tomorrow' : '';
}

/** The zones that this browser knows, by their names. */
export const allZones = (): readonly string[] => Intl.supportedValuesOf('timeZone');

/** The zones of a clock at most, as the service has it. */
export const MOST_ZONES = 12;

const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');

/** The zone that a typed name means: of a city, or the whole name; by its beginning at last. */
export function findZone(text: string, zones = allZones()): string | null {
  const wanted = plain(text);
  if (wanted === '') return null;
  if (wanted === 'utc' || wanted === 'gmt') return 'UTC';
  const by = (fits: (id: string) => boolean) => zones.find(fits) ?? null;
  return (
    by((id) => plain(cityOf(id)) === wanted || plain(id) === wanted) ??
    by((id) => plain(cityOf(id)).startsWith(wanted))
  );
}

/** Dates in words. */

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

const STEPS: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [7 * 86_400, 86_400, 'day'],
];

/** `now`, `5 min. ago`, `yesterday`; after a week, the date. */
export function ago(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 45) return 'now';
  const step = STEPS.find(([limit]) => distance < limit);
  return step
    ? relative.format(Math.round(seconds / step[1]) || Math.sign(seconds), step[2])
    : day.format(Date.parse(time));
}

export const exactly = (time: string): string => exact.format(Date.parse(time));

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** `10:42`; the date too when it was on another day. Both in milliseconds since 1970. */
export function clock(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return (isToday ? time : dayAndTime).format(at);
}

/** When a new link ends. Pure. */

export const ENDS = [
  { value: 'never', label: 'Never' },
  { value: '1', label: 'After 1 day' },
  { value: '7', label: 'After 7 days' },
  { value: '30', label: 'After 30 days' },
  { value: 'date', label: 'On a date' },
] as const;

export type End = (typeof ENDS)[number]['value'];

const DAY = 86_400_000;

/** `2026-12-24` as the last moment of that day where the person is; null for another text. */
function endOfDay(date: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  if (!year || !month || !day) return null;
  const start = new Date(Number(year), Number(month) - 1, Number(day));
  // The thirtieth of February is in March.
  if (start.getMonth() !== Number(month) - 1) return null;
  return start.setHours(23, 59, 59, 0);
}

/** The time as the API takes it; null for never; a problem in words. */
export function endAt(end: End, date: string, now: number): { at: string | null } | string {
  if (end === 'never') return { at: null };
  if (end !== 'date') return { at: new Date(now + Number(end) * DAY).toISOString() };
  const at = endOfDay(date);
  if (at === null) return 'Choose the last day.';
  return at > now ? { at: new Date(at).toISOString() } : 'This day is over already.';
}

/** The day of a time where the person is, as `<input type="date">` has it. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

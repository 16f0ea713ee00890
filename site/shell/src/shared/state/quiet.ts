/** Quiet hours: when messages that a person did not cause stay out of sight. Pure. */

/** Local times of the day as `HH:MM`. `from` after `to` lasts over midnight. */
export type QuietHours = { from: string; to: string };

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

export function isQuiet(hours: QuietHours | undefined, now: Date): boolean {
  if (!hours) return false;
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
  const minute = now.getHours() * 60 + now.getMinutes();
  return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
}

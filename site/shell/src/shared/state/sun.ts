/** When the sun rises and sets where this device is, for the mode that follows it. */
import * as v from 'valibot';

/** Degrees, rounded to about ten kilometres. Kept in this browser only. */
const KEY = 'prox.coordinates';

const schema = v.object({ latitude: v.number(), longitude: v.number() });
type Coordinates = v.InferOutput<typeof schema>;

/** Local hours of the day, where the place of the device is not known. */
const DAY = { from: 7, to: 19 };

/** Whether it is dark, and until when. */
export type Light = { dark: boolean; until: Date };

/** `rise` and `set` are null where the sun does not rise or set that day. */
export function lightAt(
  now: Date,
  days: readonly { rise: Date | null; set: Date | null }[],
  isUp: boolean,
): Light {
  const changes = days
    .flatMap(({ rise, set }) => [
      ...(rise ? [{ at: rise, dark: false }] : []),
      ...(set ? [{ at: set, dark: true }] : []),
    ])
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const last = changes.findLast(({ at }) => at <= now);
  const next = changes.find(({ at }) => at > now);
  return {
    dark: last?.dark ?? (next ? !next.dark : !isUp),
    until: next?.at ?? new Date(now.getTime() + 6 * 3_600_000),
  };
}

const dayFrom = (now: Date, offset: number) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset, 12);

const atHour = (day: Date, hour: number) =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour);

function coordinates(): Coordinates | null {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    return null;
  }
}

/** Whether it is dark where this device is. */
export async function lightHere(now: Date): Promise<Light> {
  const here = coordinates();
  const days = [-1, 0, 1].map((offset) => dayFrom(now, offset));
  if (!here) {
    const hours = days.map((day) => ({ rise: atHour(day, DAY.from), set: atHour(day, DAY.to) }));
    return lightAt(now, hours, true);
  }
  const { getPosition, getTimes } = await import('suncalc');
  const { latitude, longitude } = here;
  const found = days.map((day) => {
    const { sunrise, sunset } = getTimes(day, latitude, longitude);
    return { rise: sunrise, set: sunset };
  });
  return lightAt(now, found, getPosition(now, latitude, longitude).altitude > 0);
}

/** Asks the browser, and so the person, where this device is. False when it may not be known. */
export function locate(): Promise<boolean> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) return resolve(false);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const rounded = (degrees: number) => Math.round(degrees * 10) / 10;
        const here = { latitude: rounded(coords.latitude), longitude: rounded(coords.longitude) };
        try {
          localStorage.setItem(KEY, JSON.stringify(here));
          resolve(true);
        } catch {
          resolve(false);
        }
      },
      () => resolve(false),
      { maximumAge: 24 * 3_600_000, timeout: 10_000 },
    );
  });
}

/** Forgets where this device is. */
export function forgetCoordinates(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage is closed: nothing was kept.
  }
}

/** How often and how lately each action was used in this browser, so that the palette lists it first. */
import * as v from 'valibot';

const KEY = 'prox.uses';

/** Milliseconds after which a use counts half. */
const HALF_LIFE = 7 * 24 * 60 * 60_000;
/** How many are kept; the least used are forgotten. */
const MOST = 200;

/** A count that loses half of itself with each half-life since `at`. */
export type Use = { count: number; at: number };
export type Uses = Readonly<Record<string, Use>>;

const schema = v.record(v.string(), v.object({ count: v.number(), at: v.number() }));

/** What a use counts at a time. A clock that was set back does not make it count more. */
export const weightOf = (use: Use | undefined, now: number): number =>
  use ? use.count * 2 ** (-Math.max(0, now - use.at) / HALF_LIFE) : 0;

export function used(uses: Uses, id: string, now: number): Uses {
  const next = { ...uses, [id]: { count: weightOf(uses[id], now) + 1, at: now } };
  const ids = Object.keys(next);
  if (ids.length <= MOST) return next;
  const kept = ids
    .toSorted((a, b) => weightOf(next[b], now) - weightOf(next[a], now))
    .slice(0, MOST);
  return Object.fromEntries(kept.map((one) => [one, next[one] as Use]));
}

let known: Uses | null = null;

export function readUses(): Uses {
  try {
    known ??= v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    known = {};
  }
  return known;
}

/** Forgets all, when the person signs out. */
export function forgetUses(): void {
  known = {};
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Storage is closed: nothing was kept.
  }
}

export function noteUse(id: string): void {
  known = used(readUses(), id, Date.now());
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {
    // Storage is closed: the order holds until the page is left.
  }
}

/** Recognizes times in which the server does not answer, from signs of life and of faults. Pure. */

/** Milliseconds that a time without an answer lasts at least. */
export const SHORTEST_OUTAGE = 60_000;
/** Faults come every few seconds while a page is awake: after a longer pause, it was asleep. */
const LONGEST_PAUSE = 180_000;

export class Outage {
  #first: number | null = null;
  #last = 0;

  /** The server did not answer, or with a fault. */
  failed(now: number): void {
    if (this.#first === null || now - this.#last > LONGEST_PAUSE) this.#first = now;
    this.#last = now;
  }

  /** The server answered. Milliseconds of the outage that ended with it; null when there was none. */
  answered(now: number): number | null {
    const first = this.#first;
    const awake = now - this.#last <= LONGEST_PAUSE;
    this.#first = null;
    if (first === null || !awake || this.#last - first < SHORTEST_OUTAGE) return null;
    return now - first;
  }

  /** The device has no network: nothing is known about the server. */
  forget(): void {
    this.#first = null;
  }
}

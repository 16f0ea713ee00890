/**
 * One intent, one write: repeating a request while it runs joins the running one, and repeating a
 * failed one uses the same idempotency key, so a lost response does not cause a second write.
 */

/** How many keys of failed writes are kept. */
const KEPT = 50;

export class Intents {
  readonly #running = new Map<string, Promise<unknown>>();
  /** Idempotency keys of writes that have not succeeded yet. */
  readonly #keys = new Map<string, string>();

  constructor(private readonly newKey: () => string = () => crypto.randomUUID()) {}

  /** The key of the write that `intent` describes; the same until it succeeds. */
  keyOf(intent: string): string {
    const key = this.#keys.get(intent) ?? this.newKey();
    this.#keys.delete(intent);
    this.#keys.set(intent, key);
    const oldest = this.#keys.keys().next().value;
    if (this.#keys.size > KEPT && oldest !== undefined) this.#keys.delete(oldest);
    return key;
  }

  isRunning(intent: string): boolean {
    return this.#running.has(intent);
  }

  /** Runs the write, or answers with the one that runs. */
  run<R>(intent: string, write: () => Promise<R>): Promise<R> {
    const running = this.#running.get(intent);
    if (running) return running as Promise<R>;
    const promise = write()
      .then((result) => {
        this.#keys.delete(intent);
        return result;
      })
      .finally(() => this.#running.delete(intent));
    this.#running.set(intent, promise);
    return promise;
  }
}

/**
 * Closes the gap between the first answers and the first frame of a socket: an answer that
 * was read before the moment from which the socket tells everything may be out of date.
 * Asks for nothing itself.
 */
export class Freshness {
  /** By organization: the oldest answer, until the socket is heard; then where that began. */
  readonly #oldest = new Map<string, number>();
  readonly #began = new Map<string, number>();

  /** `stale` is called when something that is shown may be out of date. */
  constructor(private readonly stale: () => void) {}

  /** An answer about an organization, with its `x-prox-seq`. */
  answered(organization: string, seq: number): void {
    const began = this.#began.get(organization);
    if (began === undefined) {
      this.#oldest.set(organization, Math.min(seq, this.#oldest.get(organization) ?? seq));
    } else if (seq < began) {
      this.stale();
    }
  }

  /** A socket was heard at `seq`. Later ones resume where it ended, so only the first counts. */
  connected(organization: string, seq: number): void {
    if (this.#began.has(organization)) return;
    const oldest = this.#oldest.get(organization);
    this.#began.set(organization, seq);
    this.#oldest.delete(organization);
    if (oldest !== undefined && oldest < seq) this.stale();
  }
}

/** The organization that an API address is about, as it is named there. */
export function organizationOf(url: string): string | undefined {
  const name = /\/api\/organizations\/([^/?]+)/.exec(url)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}

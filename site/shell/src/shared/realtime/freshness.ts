/**
 * Detects responses that are older than the first frame of the socket: changes between the two
 * were not announced, so those responses may be stale. It fetches nothing itself.
 */
export class Freshness {
  /** By organization: the oldest response before the socket connected, and where the socket began. */
  readonly #oldest = new Map<string, number>();
  readonly #began = new Map<string, number>();

  /** `stale` is called when something that is shown may be out of date. */
  constructor(private readonly stale: () => void) {}

  /** A response about an organization arrived, with its `x-prox-seq`. */
  answered(organization: string, seq: number): void {
    const began = this.#began.get(organization);
    if (began === undefined) {
      this.#oldest.set(organization, Math.min(seq, this.#oldest.get(organization) ?? seq));
    } else if (seq < began) {
      this.stale();
    }
  }

  /** A socket connected at `seq`. Later ones resume where it ended, so only the first counts. */
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

/**
 * Notices when nobody uses Prox OS in this browser. Tabs tell each other about signs of a person, so that
 * a tab in a second window does not count somebody as absent who works in the first.
 */

/** Milliseconds between two looks at the clock. */
const LOOK_EVERY = 5_000;
/** Milliseconds between two messages to the other tabs. */
const SHARE_EVERY = 1_000;

export type IdlePorts = {
  now: () => number;
  /** Whether this tab is in front in its window. */
  isVisible: () => boolean;
  /** Whether somebody may be using a page in a frame, whose events never reach this page. */
  isInFrame: () => boolean;
  /** Tells the other tabs that somebody is here. */
  share: () => void;
  /** `late`: the page was suspended until `limit` and `warning` had both passed. */
  idle: (late: boolean) => void;
};

export class IdleWatch {
  #last: number;
  #shared = Number.NEGATIVE_INFINITY;

  /** In milliseconds: `limit` without a sign of a person, and how long the `warning` after it is shown. */
  constructor(
    private readonly limit: number,
    private readonly warning: number,
    private readonly ports: IdlePorts,
  ) {
    this.#last = ports.now();
    this.noted();
  }

  /** A sign of a person reached this page. */
  seen(): void {
    if (this.#since() >= this.limit + this.warning) this.ports.idle(true);
    else this.noted();
  }

  /** Somebody is here for certain. */
  noted(): void {
    this.heard();
    const now = this.ports.now();
    if (Math.abs(now - this.#shared) < SHARE_EVERY) return;
    this.#shared = now;
    this.ports.share();
  }

  /** Another tab saw a sign of a person. */
  heard(): void {
    this.#last = this.ports.now();
  }

  /** Call it every few seconds. */
  look(): void {
    // No look for so long: the page slept, whatever it shows.
    if (this.#since() >= this.limit + this.warning) {
      this.ports.idle(true);
      return;
    }
    if (!this.ports.isVisible()) this.heard();
    else if (this.ports.isInFrame()) this.noted();
    if (this.#since() >= this.limit) this.ports.idle(false);
  }

  #since(): number {
    const now = this.ports.now();
    // A clock that was set back counts from now.
    this.#last = Math.min(this.#last, now);
    return now - this.#last;
  }
}

const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('prox.activity') : null;

/** Tells the other tabs that somebody is here. */
const share = () => tabs?.postMessage(null);

/** Calls `react` for each sign of a person in another tab, until the answered function is called. */
export function whenUsedElsewhere(react: () => void): () => void {
  tabs?.addEventListener('message', react);
  return () => tabs?.removeEventListener('message', react);
}

type Settings = { limit: number; warning: number; idle: IdlePorts['idle'] };

/** Watches this page and the other tabs until the answered function is called. */
export function watchIdle({ limit, warning, idle }: Settings): () => void {
  const watch = new IdleWatch(limit, warning, {
    now: Date.now,
    isVisible: () => document.visibilityState === 'visible',
    isInFrame: () => document.activeElement instanceof HTMLIFrameElement && document.hasFocus(),
    share,
    idle,
  });
  const timer = setInterval(() => watch.look(), LOOK_EVERY);
  const controller = new AbortController();
  const { signal } = controller;
  const seen = () => watch.seen();
  for (const sign of SIGNS) addEventListener(sign, seen, { signal, capture: true, passive: true });
  // Somebody left this tab, or came to it: after a sleep of the machine, too.
  const turned = () => (document.visibilityState === 'visible' ? watch.seen() : watch.noted());
  document.addEventListener('visibilitychange', turned, { signal });
  // The browser stopped this tab while it was behind others: nobody can tell who was there.
  document.addEventListener('resume', () => watch.noted(), { signal });
  const ended = whenUsedElsewhere(() => watch.heard());
  return () => {
    clearInterval(timer);
    controller.abort();
    ended();
  };
}

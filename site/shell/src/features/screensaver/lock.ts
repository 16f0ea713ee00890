/**
 * Locking: everything unsent is sent, then the session ends on the server, and what the browser keeps of
 * the person is forgotten. Where that is not possible, nothing is locked. It knows no browser: see the
 * ports, and `locking.ts`.
 */

/** Why the session could not be ended. */
export type Obstacle = 'offline' | 'unsent' | 'failed';

export type Outcome = 'locked' | Obstacle;

/** Milliseconds that sending may take, and ending the session. */
export const STEP_WITHIN = 5_000;

export type SessionPorts = {
  isOnline: () => boolean;
  /** Whether the session is over already. */
  isEnded: () => boolean;
  /** Sends what waits; whether nothing waits any more. */
  send: () => Promise<boolean>;
  /** Ends the session on the server. */
  end: (signal: AbortSignal) => Promise<void>;
  /** Forgets the person here, and shows the page to sign in. */
  leave: () => void;
  /** Answers after so many milliseconds. */
  wait: (milliseconds: number) => Promise<void>;
};

/** Ends the session. `cancelled` stops it as long as the server was not asked to end it. */
export async function endSession(ports: SessionPorts, cancelled: AbortSignal): Promise<Outcome> {
  if (ports.isEnded()) return 'locked';
  if (!ports.isOnline()) return 'offline';
  const within = <T>(step: Promise<T>, late: T) =>
    Promise.race([step, ports.wait(STEP_WITHIN).then(() => late)]);
  const isSent = await within(
    ports.send().catch(() => false),
    false,
  );
  if (!ports.isOnline()) return 'offline';
  if (!isSent) return 'unsent';
  if (cancelled.aborted) return 'failed';
  const timeout = new AbortController();
  const ended = await within(
    ports.end(timeout.signal).then(
      () => true,
      () => false,
    ),
    false,
  );
  timeout.abort();
  if (ended) ports.leave();
  else if (!ports.isEnded()) return ports.isOnline() ? 'failed' : 'offline';
  return 'locked';
}

export type LockState = 'warning' | 'locking' | 'locked' | Obstacle;

/** Milliseconds that a person who is still here has to say so. */
export const WARNING = 20_000;
/** Milliseconds until the next attempt. */
export const RETRY = 10_000;

type Timer = ReturnType<typeof setTimeout>;

export type LockPorts = {
  attempt: (cancelled: AbortSignal) => Promise<Outcome>;
  show: (state: LockState) => void;
  setTimeout: (run: () => void, milliseconds: number) => Timer;
  clearTimeout: (timer: Timer | undefined) => void;
};

/** Locks behind a screensaver, and tries again for as long as the screensaver is shown. */
export class Lock {
  #state: LockState = 'warning';
  #timer: Timer | undefined;
  #running = false;
  /** Whether the first attempt is over: until then nothing that a person does stops it. */
  #tried = false;
  readonly #cancelled = new AbortController();

  constructor(private readonly ports: LockPorts) {}

  start(atOnce: boolean): void {
    if (atOnce) void this.#attempt();
    else {
      this.#set('warning');
      this.#timer = this.ports.setTimeout(() => void this.#attempt(), WARNING);
    }
  }

  /** Tries again now, because the network is back. */
  hurry(): void {
    if (this.#tried && this.#state !== 'locked') void this.#attempt();
  }

  /** Whether a person who is back may have the screen now. */
  get mayEnd(): boolean {
    return this.#state === 'warning' || this.#tried;
  }

  /** Whether the person still has their session. */
  get isOpen(): boolean {
    return this.mayEnd && this.#state !== 'locked';
  }

  /** The screensaver is gone: a lock that did not happen does not happen any more. */
  cancel(): void {
    this.ports.clearTimeout(this.#timer);
    this.#cancelled.abort();
  }

  async #attempt(): Promise<void> {
    if (this.#running || this.#cancelled.signal.aborted) return;
    this.#running = true;
    this.ports.clearTimeout(this.#timer);
    if (!this.#tried) this.#set('locking');
    const outcome = await this.ports.attempt(this.#cancelled.signal);
    this.#running = false;
    this.#tried = true;
    if (this.#cancelled.signal.aborted) return;
    this.#set(outcome);
    if (outcome !== 'locked')
      this.#timer = this.ports.setTimeout(() => void this.#attempt(), RETRY);
  }

  #set(state: LockState): void {
    if (this.#state === state && state !== 'warning') return;
    this.#state = state;
    this.ports.show(state);
  }
}

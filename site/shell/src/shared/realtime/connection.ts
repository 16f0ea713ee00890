/**
 * One organization's websocket: connects, keeps alive, resumes where it was, and
 * passes messages to its listener, which alone touches the cache.
 */
import { type Message, readMessage } from './messages';

/** `connecting` before the first frame, `offline` between attempts, `ended` for good. */
export type ConnectionState = 'connecting' | 'live' | 'offline' | 'ended';

/** Why the server wants no reconnect. */
export type Ending = 'signed-out' | 'removed' | 'gone';

/** Where a client was in the organization's log. */
export type Position = { seq: number; epoch: string };

export type Socket = Pick<WebSocket, 'send' | 'close'> & {
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
};

type Timer = ReturnType<typeof setTimeout>;

export type ConnectionPorts = {
  open: (path: string) => Socket;
  /** 0 up to 1, for the jitter. */
  random: () => number;
  setTimeout: (run: () => void, milliseconds: number) => Timer;
  clearTimeout: (timer: Timer | undefined) => void;
};

export type ConnectionListener = {
  state: (state: ConnectionState) => void;
  message: (message: Message) => void;
  ended: (why: Ending) => void;
  /** An attempt ended before its first frame: the session may be over. */
  refused: () => void;
};

const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const BACKOFF_FIRST = 1_000;
const BACKOFF_MAX = 10_000;
const BACKOFF_FACTOR = 1.3;

const ENDINGS: Record<number, Ending> = { 4401: 'signed-out', 4403: 'removed', 4404: 'gone' };

/** Milliseconds before attempt `n` (0 is the first repeat): 1–10 s, ×1.3, the upper half by chance. */
export function backoff(n: number, random: number): number {
  const ceiling = Math.min(BACKOFF_MAX, BACKOFF_FIRST * BACKOFF_FACTOR ** n);
  return Math.max(BACKOFF_FIRST, ceiling * (0.5 + random / 2));
}

export class Connection {
  #socket: Socket | null = null;
  #timer: Timer | undefined;
  #failures = 0;
  #position: Position | null;
  #epoch = '';
  #heard = false;
  #closed = false;

  constructor(
    private readonly organization: string,
    private readonly ports: ConnectionPorts,
    private readonly listener: ConnectionListener,
    position: Position | null = null,
  ) {
    this.#position = position;
  }

  /** The position after the last change; pass it to the next connection of this organization. */
  get position(): Position | null {
    return this.#position;
  }

  connect(): void {
    if (this.#closed || this.#socket) return;
    this.ports.clearTimeout(this.#timer);
    this.listener.state('connecting');
    this.#heard = false;
    const socket = this.ports.open(this.#path());
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(socket, event.data);
    socket.onclose = (event) => this.#lost(socket, event.code);
    // A socket that opens and stays silent counts as failed.
    this.#timer = this.ports.setTimeout(() => this.#drop(socket), PONG_WITHIN);
  }

  /** Ends the connection for good, from this side. */
  close(): void {
    this.#closed = true;
    this.ports.clearTimeout(this.#timer);
    this.#forget();
  }

  /** Skips the rest of a pause, for example when the network is back. */
  hurry(): void {
    if (this.#closed || this.#socket) return;
    this.#failures = 0;
    this.connect();
  }

  /** Checks a live connection now, for example after the laptop woke. */
  probe(): void {
    if (this.#socket && this.#heard) this.#ping(this.#socket);
  }

  #path(): string {
    const path = `/api/organizations/${encodeURIComponent(this.organization)}/socket`;
    if (!this.#position) return path;
    const { seq, epoch } = this.#position;
    return `${path}?since=${seq}&epoch=${encodeURIComponent(epoch)}`;
  }

  #receive(socket: Socket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#rest(socket);
    const message = readMessage(data);
    if (!message) return;
    if (message.type === 'CONNECTED') this.#connected(message);
    if (message.type === 'INVALIDATE') this.#advance(message);
    this.listener.message(message);
  }

  #connected({ seq, epoch }: Extract<Message, { type: 'CONNECTED' }>): void {
    this.#heard = true;
    this.#failures = 0;
    this.#epoch = epoch;
    // After a pause the missed changes follow as INVALIDATE frames, or one ALL in a
    // new epoch. A cut between this frame and those must not skip them, so the
    // position moves only with them.
    this.#position ??= { seq, epoch };
    this.listener.state('live');
  }

  #advance({ seq, invalidateInfo }: Extract<Message, { type: 'INVALIDATE' }>): void {
    const here = this.#position;
    if (!here) return;
    if (invalidateInfo.type === 'ALL') this.#position = { seq, epoch: this.#epoch };
    else if (here.epoch === this.#epoch) this.#position = { ...here, seq: Math.max(here.seq, seq) };
  }

  /** Every frame proves the connection alive until the next ping. */
  #rest(socket: Socket): void {
    this.ports.clearTimeout(this.#timer);
    this.#timer = this.ports.setTimeout(() => this.#ping(socket), PING_EVERY);
  }

  #ping(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.ports.clearTimeout(this.#timer);
    socket.send('ping');
    this.#timer = this.ports.setTimeout(() => this.#drop(socket), PONG_WITHIN);
  }

  #drop(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#forget();
    this.#again();
  }

  #lost(socket: Socket, code: number): void {
    if (socket !== this.#socket) return;
    this.#forget();
    const ending = ENDINGS[code];
    if (!ending) {
      this.#again();
      return;
    }
    this.#closed = true;
    this.ports.clearTimeout(this.#timer);
    this.listener.state('ended');
    this.listener.ended(ending);
  }

  #again(): void {
    if (!this.#heard) this.listener.refused();
    // The listener may have ended it.
    if (this.#closed) return;
    this.listener.state('offline');
    this.ports.clearTimeout(this.#timer);
    this.#timer = this.ports.setTimeout(
      () => this.connect(),
      backoff(this.#failures, this.ports.random()),
    );
    this.#failures += 1;
  }

  #forget(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

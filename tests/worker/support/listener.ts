// A client of an organization's websocket, with the frames that it has received.

import { WebSocket } from 'ws';

export type QueryKey = string[];

export type Frame =
  | { type: 'CONNECTED'; userId: string; seq: number; epoch: string }
  | {
      type: 'INVALIDATE';
      seq: number;
      invalidateInfo: { type: 'ALL' } | { type: 'QUERY_KEY'; queryKeys: QueryKey[] };
    }
  | { type: 'ERROR'; message: string };

type Of<Type extends Frame['type']> = Extract<Frame, { type: Type }>;

const FRAME_TIMEOUT = 10_000;

/** The server refused an upgrade. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`refused with ${status}: ${body}`);
  }
}

export class Listener {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string; at: number }>;
  private read = 0;
  private waiting: (() => void)[] = [];
  private pongs = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const text = data.toString();
      if (text === 'pong') this.pongs += 1;
      else this.frames.push(JSON.parse(text));
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString(), at: performance.now() });
        this.wake();
      });
    });
  }

  static open(url: string, headers: Record<string, string>): Promise<Listener> {
    // The closing frame counts. A local runtime keeps the connection below it open until the room
    // sleeps.
    const options = { headers, perMessageDeflate: false, closeTimeout: 50 };
    const socket = new WebSocket(url, options);
    const listener = new Listener(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(listener));
      socket.on('error', reject);
      socket.on('unexpected-response', (_, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => reject(new Refused(response.statusCode ?? 0, body)));
      });
    });
  }

  /** The next unread frame, which must be of this type. */
  async next<Type extends Frame['type']>(type: Type): Promise<Of<Type>> {
    await this.until(() => this.frames.length > this.read, `a frame of type ${type}`);
    const frame = this.frames[this.read];
    this.read += 1;
    if (frame?.type !== type) {
      throw new Error(`expected ${type}, got ${JSON.stringify(frame)}`);
    }
    return frame as Of<Type>;
  }

  /** Reads frames until their keys include this one. */
  async hears(key: QueryKey): Promise<Of<'INVALIDATE'>> {
    for (;;) {
      const frame = await this.next('INVALIDATE');
      if (keysOf(frame).some((heard) => heard.join() === key.join())) return frame;
    }
  }

  /** Waits for the answer to a heartbeat: then everything that was sent before has arrived. */
  async ping(): Promise<void> {
    const expected = this.pongs + 1;
    this.socket.send('ping');
    await this.until(() => this.pongs >= expected, 'a pong');
  }

  say(text: string): void {
    this.socket.send(text);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + FRAME_TIMEOUT;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0 || this.socket.readyState >= WebSocket.CLOSING) {
        throw new Error(`${what} did not come; so far: ${JSON.stringify(this.frames)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}

/** The keys of a frame; none for a reset. */
export function keysOf(frame: Of<'INVALIDATE'>): QueryKey[] {
  return frame.invalidateInfo.type === 'QUERY_KEY' ? frame.invalidateInfo.queryKeys : [];
}

// A client of a websocket: what every kind of client does.

import { WebSocket } from 'ws';

const TEXT_TIMEOUT = 10_000;

/** The server refused an upgrade. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`refused with ${status}: ${body}`);
  }
}

/** A websocket before it is open. */
export function connect(url: string, headers: Record<string, string>): WebSocket {
  // The closing frame counts. A local runtime keeps the connection below it open until the room
  // sleeps.
  const options = { headers, perMessageDeflate: false, closeTimeout: 50 };
  return new WebSocket(url, options);
}

/** Receives texts. `received` are those that are kept, for messages of errors. */
export abstract class Client {
  readonly closed: Promise<{ code: number; reason: string; at: number }>;
  private waiting: (() => void)[] = [];
  private pongs = 0;

  constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const text = data.toString();
      if (text === 'pong') this.pongs += 1;
      else this.receive(text);
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString(), at: performance.now() });
        this.wake();
      });
    });
  }

  /** Keeps a text that is no answer to a heartbeat. */
  protected abstract receive(text: string): void;
  protected abstract get received(): readonly unknown[];

  /** Waits until the socket is open. */
  protected opened(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.socket.on('open', () => resolve(this));
      this.socket.on('error', reject);
      this.socket.on('unexpected-response', (_, response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => reject(new Refused(response.statusCode ?? 0, body)));
      });
    });
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

  protected async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + TEXT_TIMEOUT;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0 || this.socket.readyState >= WebSocket.CLOSING) {
        throw new Error(`${what} did not come; so far: ${JSON.stringify(this.received)}`);
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

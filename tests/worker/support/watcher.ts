// A client of a space's websocket, with the texts that it has received.

import { WebSocket } from 'ws';
import { Refused } from './listener.ts';

const TEXT_TIMEOUT = 10_000;

export class Watcher {
  /** The texts in order, without the answers to heartbeats. */
  readonly texts: { text: string; at: number }[] = [];
  readonly closed: Promise<{ code: number; reason: string; at: number }>;
  private read = 0;
  private pongs = 0;
  private wake = () => {};

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const text = data.toString();
      if (text === 'pong') this.pongs += 1;
      else this.texts.push({ text, at: performance.now() });
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString(), at: performance.now() });
        this.wake();
      });
    });
  }

  /** Opens the socket at a path, with the headers of a browser or others. */
  static open(
    origin: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Watcher> {
    const url = `${origin.replace('http', 'ws')}${path}`;
    // As for `Listener`: the closing frame counts.
    const options = { headers, perMessageDeflate: false, closeTimeout: 50 };
    const socket = new WebSocket(url, options);
    const watcher = new Watcher(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(watcher));
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

  /** When the next text came, which must be `changed`. */
  async changed(): Promise<number> {
    await this.until(() => this.texts.length > this.read, 'a text');
    const next = this.texts[this.read];
    this.read += 1;
    if (next?.text !== 'changed') throw new Error(`expected changed, got ${next?.text}`);
    return next.at;
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
    const deadline = performance.now() + TEXT_TIMEOUT;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0 || this.socket.readyState >= WebSocket.CLOSING) {
        throw new Error(`${what} did not come; so far: ${JSON.stringify(this.texts)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

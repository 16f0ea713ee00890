// A client of a space's websocket, with the texts that it has received.

import { Client, connect } from './socket.ts';

export class Watcher extends Client {
  /** The texts in order, without the answers to heartbeats. */
  readonly texts: { text: string; at: number }[] = [];
  private read = 0;

  /** Opens the socket at a path, with the headers of a browser or others. */
  static open(
    origin: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Watcher> {
    return new Watcher(connect(`${origin.replace('http', 'ws')}${path}`, headers)).opened();
  }

  protected receive(text: string): void {
    this.texts.push({ text, at: performance.now() });
  }

  protected get received(): readonly { text: string; at: number }[] {
    return this.texts;
  }

  /** When the next text came, which must be `changed`. */
  async changed(): Promise<number> {
    await this.until(() => this.texts.length > this.read, 'a text');
    const next = this.texts[this.read];
    this.read += 1;
    if (next?.text !== 'changed') throw new Error(`expected changed, got ${next?.text}`);
    return next.at;
  }
}

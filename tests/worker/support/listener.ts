// A client of an organization's websocket, with the frames that it has received.

import { Client, connect } from './socket.ts';

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

export class Listener extends Client {
  readonly frames: Frame[] = [];
  private read = 0;

  static open(url: string, headers: Record<string, string>): Promise<Listener> {
    return new Listener(connect(url, headers)).opened();
  }

  protected receive(text: string): void {
    this.frames.push(JSON.parse(text));
  }

  protected get received(): readonly Frame[] {
    return this.frames;
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
}

/** The keys of a frame; none for a reset. */
export function keysOf(frame: Of<'INVALIDATE'>): QueryKey[] {
  return frame.invalidateInfo.type === 'QUERY_KEY' ? frame.invalidateInfo.queryKeys : [];
}

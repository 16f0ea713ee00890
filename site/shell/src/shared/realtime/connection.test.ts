import { beforeEach, describe, expect, it } from 'vitest';
import {
  backoff,
  Connection,
  type ConnectionState,
  type Ending,
  type Position,
  type Socket,
} from './connection';
import type { Message } from './messages';

class FakeSocket implements Socket {
  sent: string[] = [];
  closed = false;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;

  constructor(readonly path: string) {}

  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
  }
  receive(message: unknown) {
    const data = typeof message === 'string' ? message : JSON.stringify(message);
    this.onmessage?.({ data } as MessageEvent);
  }
  cut(code = 1006) {
    this.onclose?.({ code } as CloseEvent);
  }
}

class Clock {
  now = 0;
  timers = new Map<number, { at: number; run: () => void }>();
  #next = 1;

  set = (run: () => void, milliseconds: number) => {
    const id = this.#next++;
    this.timers.set(id, { at: this.now + milliseconds, run });
    return id as unknown as ReturnType<typeof setTimeout>;
  };
  clear = (id: unknown) => {
    this.timers.delete(id as number);
  };
  pass(milliseconds: number) {
    const end = this.now + milliseconds;
    for (;;) {
      const due = [...this.timers]
        .filter(([, t]) => t.at <= end)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.now = due[1].at;
      due[1].run();
    }
    this.now = end;
  }
}

const connected = { type: 'CONNECTED', userId: 'usr_1', seq: 4, epoch: 'a' };
const changed = (seq: number, ...queryKeys: string[][]) => ({
  type: 'INVALIDATE',
  seq,
  invalidateInfo: { type: 'QUERY_KEY', queryKeys },
});
const reset = (seq: number) => ({ type: 'INVALIDATE', seq, invalidateInfo: { type: 'ALL' } });

let clock: Clock;
let sockets: FakeSocket[];
let states: ConnectionState[];
let messages: Message[];
let endings: Ending[];
let refusals: number;

function start(position: Position | null = null) {
  const connection = new Connection(
    'org_1',
    {
      open: (path) => {
        const socket = new FakeSocket(path);
        sockets.push(socket);
        return socket;
      },
      random: () => 1,
      setTimeout: clock.set,
      clearTimeout: clock.clear,
    },
    {
      state: (state) => states.push(state),
      message: (message) => messages.push(message),
      ended: (why) => endings.push(why),
      refused: () => {
        refusals += 1;
      },
    },
    position,
  );
  connection.connect();
  return connection;
}

const latest = () => sockets.at(-1) as FakeSocket;

beforeEach(() => {
  clock = new Clock();
  sockets = [];
  states = [];
  messages = [];
  endings = [];
  refusals = 0;
});

describe('connecting', () => {
  it('the first connection has no position', () => {
    start();
    expect(latest().path).toBe('/api/organizations/org_1/socket');
  });

  it('is live only after the first frame', () => {
    start();
    expect(states).toEqual(['connecting']);
    latest().receive(connected);
    expect(states).toEqual(['connecting', 'live']);
  });

  it('gives up on a socket that stays silent', () => {
    start();
    clock.pass(10_000);
    expect(sockets[0]?.closed).toBe(true);
    expect(states).toEqual(['connecting', 'offline']);
  });

  it('passes known messages on and drops unknown ones', () => {
    start();
    latest().receive(connected);
    latest().receive('pong');
    latest().receive({ type: 'SOMETHING_NEW' });
    latest().receive({ type: 'INVALIDATE', seq: -1, invalidateInfo: { type: 'ALL' } });
    latest().receive(changed(5, ['items', 'spc_1']));
    expect(messages.map((message) => message.type)).toEqual(['CONNECTED', 'INVALIDATE']);
  });
});

describe('resuming', () => {
  it('resumes after the last change', () => {
    start();
    latest().receive(connected);
    latest().receive(changed(7, ['items', 'spc_1']));
    latest().cut();
    clock.pass(1_000);
    expect(latest().path).toBe('/api/organizations/org_1/socket?since=7&epoch=a');
  });

  it('missed changes are not skipped after another cut', () => {
    start();
    latest().receive(connected);
    latest().cut();
    clock.pass(1_000);
    latest().receive({ ...connected, seq: 9 });
    latest().cut();
    clock.pass(1_000);
    expect(latest().path).toContain('since=4&epoch=a');
  });

  it('a new epoch is adopted only with its reset', () => {
    start();
    latest().receive(connected);
    latest().cut();
    clock.pass(1_000);
    latest().receive({ ...connected, seq: 2, epoch: 'b' });
    latest().cut();
    clock.pass(1_000);
    expect(latest().path).toContain('since=4&epoch=a');
    latest().receive({ ...connected, seq: 2, epoch: 'b' });
    latest().receive(reset(2));
    latest().cut();
    clock.pass(1_000);
    expect(latest().path).toContain('since=2&epoch=b');
  });

  it('starts from a position that an earlier connection left', () => {
    const connection = start({ seq: 3, epoch: 'z/1' });
    expect(latest().path).toContain('since=3&epoch=z%2F1');
    expect(connection.position).toEqual({ seq: 3, epoch: 'z/1' });
  });
});

describe('keeping alive', () => {
  it('pings after 25 quiet seconds and accepts any frame', () => {
    start();
    latest().receive(connected);
    clock.pass(25_000);
    expect(latest().sent).toEqual(['ping']);
    latest().receive('pong');
    clock.pass(20_000);
    expect(sockets).toHaveLength(1);
  });

  it('reconnects when a ping is not answered', () => {
    start();
    latest().receive(connected);
    clock.pass(35_000);
    expect(states.at(-1)).toBe('offline');
    clock.pass(1_000);
    expect(sockets).toHaveLength(2);
  });
});

describe('backing off', () => {
  it('waits from one up to ten seconds, growing by 1.3', () => {
    expect(backoff(0, 1)).toBe(1_000);
    expect(backoff(1, 1)).toBe(1_300);
    expect(backoff(30, 1)).toBe(10_000);
    expect(backoff(30, 0)).toBe(5_000);
    expect(backoff(0, 0)).toBe(1_000);
  });

  it('starts over after it was live', () => {
    start();
    latest().cut();
    clock.pass(1_000);
    latest().cut();
    clock.pass(1_300);
    latest().receive(connected);
    latest().cut();
    clock.pass(1_000);
    expect(sockets).toHaveLength(4);
    expect(refusals).toBe(2);
  });

  it('hurry skips the rest of a pause', () => {
    const connection = start();
    latest().cut();
    connection.hurry();
    expect(sockets).toHaveLength(2);
  });
});

describe('ending', () => {
  it.each([
    [4401, 'signed-out'],
    [4403, 'removed'],
    [4404, 'gone'],
  ] as const)('does not reconnect after %i', (code, why) => {
    start();
    latest().receive(connected);
    latest().cut(code);
    clock.pass(60_000);
    expect(sockets).toHaveLength(1);
    expect(endings).toEqual([why]);
    expect(states.at(-1)).toBe('ended');
  });

  it('close leaves no timer', () => {
    const connection = start();
    latest().receive(connected);
    connection.close();
    expect(clock.timers.size).toBe(0);
    expect(latest().closed).toBe(true);
  });
});

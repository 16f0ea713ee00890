import { describe, expect, it } from 'vitest';
import {
  endSession,
  Lock,
  type LockState,
  type Outcome,
  RETRY,
  type SessionPorts,
  WARNING,
} from './lock';

const never = () => new Promise<never>(() => {});

/** A browser whose session can end; `steps` is what happened, in order. */
function browser(change: Partial<SessionPorts> = {}) {
  const steps: string[] = [];
  const noted =
    <R>(step: string, answer: () => Promise<R>) =>
    () => {
      steps.push(step);
      return answer();
    };
  const ports: SessionPorts = {
    isOnline: () => true,
    isEnded: () => false,
    send: noted('send', async () => true),
    end: noted('end', async () => {}),
    leave: () => void steps.push('leave'),
    wait: never,
    ...change,
  };
  return { steps, ports, noted };
}

const open = new AbortController().signal;

describe('a session', () => {
  it('ends after everything was sent, and is then forgotten', async () => {
    const { steps, ports } = browser();
    expect(await endSession(ports, open)).toBe('locked');
    expect(steps).toEqual(['send', 'end', 'leave']);
  });

  const HINDERED: [
    name: string,
    change: Partial<SessionPorts>,
    outcome: Outcome,
    asked: boolean,
  ][] = [
    ['there is no network', { isOnline: () => false }, 'offline', false],
    ['changes cannot be sent', { send: async () => false }, 'unsent', false],
    ['sending fails', { send: () => Promise.reject(new Error()) }, 'unsent', false],
    ['sending takes too long', { send: never, wait: async () => {} }, 'unsent', false],
    ['the server refuses', { end: () => Promise.reject(new Error()) }, 'failed', true],
    ['the server is silent', { end: never, wait: async () => {} }, 'failed', true],
  ];

  it.each(HINDERED)('stays when %s', async (_, change, outcome, asked) => {
    const { steps, ports } = browser();
    const end = () => {
      steps.push('end');
      return change.end?.(open) ?? Promise.resolve();
    };
    expect(await endSession({ ...ports, ...change, end: () => end() }, open)).toBe(outcome);
    expect(steps.includes('end')).toBe(asked);
    expect(steps).not.toContain('leave');
  });

  it('stays when the network goes while changes are sent', async () => {
    let online = true;
    const { steps, ports } = browser({
      isOnline: () => online,
      send: async () => {
        online = false;
        return false;
      },
    });
    expect(await endSession(ports, open)).toBe('offline');
    expect(steps).toEqual([]);
  });

  it('stays when the person is back before the server was asked', async () => {
    const back = new AbortController();
    const { steps, ports } = browser({
      send: async () => {
        back.abort();
        return true;
      },
    });
    expect(await endSession(ports, back.signal)).toBe('failed');
    expect(steps).toEqual([]);
  });

  it('that another tab ended is locked', async () => {
    const { steps, ports } = browser({ isEnded: () => true });
    expect(await endSession(ports, open)).toBe('locked');
    expect(steps).toEqual([]);
    let ended = false;
    const during = browser({
      isEnded: () => ended,
      end: async () => {
        ended = true;
        throw new Error('401');
      },
    });
    expect(await endSession(during.ports, open)).toBe('locked');
  });
});

/** A lock with a clock of its own. */
function screen(outcomes: Outcome[]) {
  const shown: LockState[] = [];
  let timers: { run: () => void; milliseconds: number }[] = [];
  let attempts = 0;
  const lock = new Lock({
    attempt: async () => {
      attempts += 1;
      return outcomes.shift() ?? 'locked';
    },
    show: (state) => shown.push(state),
    setTimeout: (run, milliseconds) => {
      const timer = { run, milliseconds };
      timers.push(timer);
      return timer as never;
    },
    clearTimeout: (timer) => {
      timers = timers.filter((one) => one !== (timer as never));
    },
  });
  return {
    lock,
    shown,
    attempts: () => attempts,
    waits: () => timers.map(({ milliseconds }) => milliseconds),
    /** Lets the time pass that the lock waits. */
    pass: async () => {
      const [timer] = timers.splice(0, 1);
      timer?.run();
      await new Promise(setImmediate);
    },
  };
}

describe('a lock', () => {
  it('warns first, then locks', async () => {
    const { lock, shown, waits, pass } = screen(['locked']);
    lock.start(false);
    expect(waits()).toEqual([WARNING]);
    expect(lock.mayEnd).toBe(true);
    await pass();
    expect(shown).toEqual(['warning', 'locking', 'locked']);
    expect(waits()).toEqual([]);
    expect(lock.mayEnd).toBe(true);
    expect(lock.isOpen).toBe(false);
  });

  it('does not happen when somebody answers the warning', async () => {
    const { lock, attempts, pass } = screen(['locked']);
    lock.start(false);
    lock.cancel();
    await pass();
    expect(attempts()).toBe(0);
  });

  it('holds the screen until the first attempt is over', async () => {
    const { lock, shown, pass } = screen(['locked']);
    lock.start(true);
    expect(shown).toEqual(['locking']);
    expect(lock.mayEnd).toBe(false);
    await pass();
    expect(lock.mayEnd).toBe(true);
  });

  it('says why it could not, gives the screen free, and tries again', async () => {
    const { lock, shown, waits, pass } = screen(['unsent', 'failed', 'locked']);
    lock.start(true);
    await pass();
    expect(shown).toEqual(['locking', 'unsent']);
    expect(waits()).toEqual([RETRY]);
    expect(lock.mayEnd).toBe(true);
    expect(lock.isOpen).toBe(true);
    await pass();
    await pass();
    expect(shown).toEqual(['locking', 'unsent', 'failed', 'locked']);
    expect(waits()).toEqual([]);
  });

  it('tries at once when the network is back, and not after the person came back', async () => {
    const { lock, attempts, pass } = screen(['offline', 'offline', 'locked']);
    lock.hurry();
    expect(attempts()).toBe(0);
    lock.start(true);
    await pass();
    lock.hurry();
    await pass();
    expect(attempts()).toBe(2);
    lock.cancel();
    lock.hurry();
    await pass();
    expect(attempts()).toBe(2);
  });
});

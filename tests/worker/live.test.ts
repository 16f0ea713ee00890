// The script of public pages, with stand-ins for what a browser gives it.

import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const SCRIPT = readFileSync(
  new URL('../../crates/platform/pages/src/live.js', import.meta.url),
  'utf8',
);

/** A page's main element: its socket's path, and its content. */
interface Main {
  dataset: { live?: string };
  content: string;
  isEqualNode(other: Main): boolean;
  replaceWith(other: Main): void;
}

class FakeSocket {
  readyState = 0;
  sent: string[] = [];
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = () => {};

  constructor(readonly url: string) {}

  send(text: string) {
    this.sent.push(text);
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  close() {
    this.readyState = 3;
    this.onclose();
  }
}

/** A browser with one page, and a server that has its newest content. */
function browse({ live }: { live?: string } = {}) {
  const state = {
    /** The content on the server, and the status of its answer. */
    content: 'first',
    status: 200,
    /** Answers that are under way; they are sent when the test says so. */
    held: undefined as (() => void)[] | undefined,
    requests: 0,
    reloads: 0,
    sockets: [] as FakeSocket[],
  };
  const main = (content: string): Main => ({
    dataset: live ? { live } : {},
    content,
    isEqualNode: (other) => other.content === content,
    replaceWith: (other) => {
      context.page = other;
    },
  });
  const document = {
    hidden: false,
    title: '',
    links: [],
    activeElement: {},
    querySelectorAll: () => [],
    onvisibilitychange: () => {},
  };
  const context = {
    document,
    page: main('first'),
    live: { textContent: '' },
    location: {
      origin: 'https://prox.example',
      reload: () => {
        state.reloads += 1;
      },
    },
    setTimeout,
    clearTimeout,
    Date,
    // In the middle of the time within which readers ask again.
    Math: { min: Math.min, random: () => 0.5 },
    DOMParser: class {
      parseFromString(html: string) {
        return { title: '', querySelector: () => main(html), querySelectorAll: () => [] };
      }
    },
    WebSocket: class extends FakeSocket {
      constructor(url: string) {
        super(url);
        state.sockets.push(this);
      }
    },
    async fetch() {
      state.requests += 1;
      const { content, status } = state;
      if (state.held) await new Promise<void>((resolve) => state.held?.push(resolve));
      return {
        status,
        ok: status === 200,
        headers: { get: () => `"${content}"` },
        text: async () => content,
      };
    },
  };
  runInContext(SCRIPT, createContext(context));
  return Object.assign(state, {
    shown: () => context.page.content,
    last: () => state.sockets.at(-1) as FakeSocket,
    hide(hidden: boolean) {
      document.hidden = hidden;
      document.onvisibilitychange();
    },
  });
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a visible page without a socket asks every three seconds', async () => {
  const page = browse();
  await pass(30_000);
  expect(page.requests).toBe(10);
  page.content = 'second';
  await pass(3_000);
  expect(page.shown()).toBe('second');
  page.hide(true);
  await pass(600_000);
  expect(page.requests).toBe(11);
  page.hide(false);
  await pass(0);
  expect(page.requests).toBe(12);
  expect(page.sockets).toEqual([]);
});

test('a page with a socket asks when that says so', async () => {
  const page = browse({ live: '/api/spaces/spc_1/socket' });
  expect(page.last().url).toBe('wss://prox.example/api/spaces/spc_1/socket');
  page.last().open();
  await pass(1_000);
  expect(page.requests).toBe(1);
  await pass(30_000);
  expect(page.requests).toBe(1);
  page.content = 'second';
  page.last().onmessage({ data: 'changed' });
  await pass(300);
  expect(page.shown()).toBe('second');
  expect(page.requests).toBe(2);
  page.last().onmessage({ data: 'pong' });
  await pass(59_000);
  expect(page.requests).toBe(2);
  await pass(1_000);
  expect(page.requests).toBe(3);
  expect(page.last().sent).toEqual(['ping', 'ping', 'ping']);
  expect(page.sockets).toHaveLength(1);
});

test('a burst of changes costs few requests; the last one shows', async () => {
  const page = browse({ live: '/s' });
  page.last().open();
  await pass(1_000);
  const before = page.requests;
  for (let change = 1; change <= 16; change += 1) {
    page.content = `change ${change}`;
    page.last().onmessage({ data: 'changed' });
    await pass(60);
  }
  await pass(300);
  expect(page.shown()).toBe('change 16');
  expect(page.requests - before).toBeLessThanOrEqual(7);
});

test('a change during a request is fetched after it', async () => {
  const page = browse({ live: '/s' });
  page.last().open();
  page.held = [];
  await pass(300);
  expect(page.requests).toBe(1);
  page.content = 'second';
  page.last().onmessage({ data: 'changed' });
  await pass(2_000);
  expect(page.requests).toBe(1);
  const [first] = page.held;
  page.held = undefined;
  first?.();
  await pass(0);
  expect(page.requests).toBe(2);
  expect(page.shown()).toBe('second');
});

test.each([403, 404, 410])('a closed socket and status %i load the page again', async (status) => {
  const page = browse({ live: '/s' });
  page.last().open();
  await pass(1_000);
  page.status = status;
  page.last().close();
  await pass(300);
  expect(page.reloads).toBe(1);
});

test('a page in the background asks once when its socket closes', async () => {
  const page = browse({ live: '/s' });
  page.last().open();
  await pass(1_000);
  page.hide(true);
  page.last().onmessage({ data: 'changed' });
  await pass(1_000);
  expect(page.requests).toBe(1);
  page.status = 404;
  page.last().close();
  await pass(300);
  expect(page.requests).toBe(2);
  expect(page.reloads).toBe(1);
});

test('a lost socket is opened again, later each time', async () => {
  const page = browse({ live: '/s' });
  for (const [n, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
    page.last().close();
    await pass(seconds * 1_000 - 1);
    expect(page.sockets).toHaveLength(n + 1);
    await pass(1);
    expect(page.sockets).toHaveLength(n + 2);
  }
  // Without a socket, the page asks as others do.
  page.last().close();
  await pass(300);
  const before = page.requests;
  await pass(30_000);
  expect(page.requests - before).toBe(10);
  page.hide(true);
  await pass(600_000);
  expect(page.sockets).toHaveLength(9);
  page.hide(false);
  expect(page.sockets).toHaveLength(10);
  // A socket that lasted begins with a second again.
  page.last().open();
  await pass(61_000);
  page.last().close();
  await pass(1_000);
  expect(page.sockets).toHaveLength(11);
});

test('a server that does not answer is asked less often', async () => {
  const page = browse();
  page.status = 503;
  await pass(3_000 + 6_000 + 12_000 + 24_000 + 48_000);
  expect(page.requests).toBe(5);
  await pass(120_000);
  expect(page.requests).toBe(7);
  page.status = 200;
  await pass(63_000);
  expect(page.requests).toBe(9);
});

import { describe, expect, it } from 'vitest';
import { type DocumentPorts, type Saved, SyncedDocument } from './document';
import { applyPatch, type JsonObject } from './merge-patch';

/** A server that several devices share, with a switch for its network. */
class Server {
  saved: Saved = { version: 0, values: {} };
  isUp = true;
  refusal: Error | null = null;
  requests = 0;

  load = async (): Promise<Saved> => {
    this.#answer();
    return this.saved;
  };

  send = async (patch: JsonObject): Promise<Saved> => {
    this.#answer();
    const { version, values } = this.saved;
    this.saved = { version: version + 1, values: applyPatch(values, patch) };
    return this.saved;
  };

  #answer(): void {
    this.requests += 1;
    if (!this.isUp) throw new TypeError('Failed to fetch');
    if (this.refusal) throw this.refusal;
  }
}

/** One browser: a storage and a clock; `tab()` opens the document in it. */
function browser(server: Server) {
  let text: string | null = null;
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  const storage = { isFull: false };
  const ports: DocumentPorts = {
    read: () => text,
    write: (value) => {
      if (storage.isFull) throw new DOMException('full', 'QuotaExceededError');
      text = value;
    },
    load: server.load,
    send: server.send,
    isFinal: (error) => error === server.refusal,
    setTimeout: (run, milliseconds) => {
      const timer = { at: now + milliseconds, run };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (timer) => {
      timers = timers.filter((one) => one !== timer);
    },
  };
  return {
    storage,
    damage: () => {
      text = '{"version":';
    },
    tab: () => new SyncedDocument(ports, () => now),
    setClock: (to: number) => {
      now = to;
    },
    /** Lets time pass, and everything that was due happen. */
    pass: async (milliseconds: number) => {
      const end = now + milliseconds;
      for (;;) {
        const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers = timers.filter((one) => one !== due);
        now = Math.max(now, due.at);
        due.run();
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      }
      now = end;
    },
  };
}

const set = (name: string, value: number) => (before: JsonObject) => ({ ...before, [name]: value });

describe('a kept document', () => {
  it('sends many changes as one patch, shortly after the last', async () => {
    const server = new Server();
    const home = browser(server);
    const tab = home.tab();
    for (let step = 1; step <= 10; step += 1) {
      tab.change(set('x', step));
      await home.pass(50);
    }
    expect(server.requests).toBe(0);
    await home.pass(1_000);
    expect(server.requests).toBe(1);
    expect(server.saved).toEqual({ version: 1, values: { x: 10 } });
    expect(tab.state).toBe('saved');
  });

  it('does not wait for ever for a person who never rests', async () => {
    const server = new Server();
    const home = browser(server);
    const tab = home.tab();
    for (let step = 1; step <= 100; step += 1) {
      tab.change(set('x', step));
      await home.pass(100);
    }
    expect(server.requests).toBeGreaterThanOrEqual(2);
  });

  it('keeps a change that was made offline over a crash, and sends it later', async () => {
    const server = new Server();
    const home = browser(server);
    server.isUp = false;
    home.tab().change(set('x', 7));
    // No goodbye: the tab is gone before anything was sent.
    const again = home.tab();
    expect(again.value).toEqual({ x: 7 });
    expect(again.state).toBe('unsaved');
    await again.refresh();
    expect(again.state).toBe('offline');
    server.isUp = true;
    await home.pass(60_000);
    expect(server.saved.values).toEqual({ x: 7 });
    expect(again.state).toBe('saved');
  });

  it('merges edits of two devices field by field', async () => {
    const server = new Server();
    const [laptop, phone] = [browser(server), browser(server)];
    const [here, there] = [laptop.tab(), phone.tab()];
    here.change(() => ({ a: { x: 1, y: 1 }, b: { x: 1 } }));
    await laptop.pass(1_000);
    await there.refresh();
    here.change((value) => applyPatch(value, { a: { x: 2 } }));
    there.change((value) => applyPatch(value, { a: { y: 3 }, b: null }));
    await Promise.all([laptop.pass(1_000), phone.pass(1_000)]);
    await Promise.all([here.refresh(), there.refresh()]);
    expect(here.value).toEqual({ a: { x: 2, y: 3 } });
    expect(there.value).toEqual(here.value);
  });

  it('keeps what changed while a patch was on its way', async () => {
    const server = new Server();
    const home = browser(server);
    const tab = home.tab();
    tab.change(set('x', 1));
    const flushed = tab.flush();
    tab.change(set('y', 2));
    await flushed;
    expect(tab.value).toEqual({ x: 1, y: 2 });
    expect(server.saved.values).toEqual({ x: 1, y: 2 });
  });

  it('is known when the server answered, also with nothing', async () => {
    const server = new Server();
    const tab = browser(server).tab();
    let heard = 0;
    tab.subscribe(() => {
      heard += 1;
    });
    expect(tab.isKnown).toBe(false);
    await tab.refresh();
    expect([tab.isKnown, heard]).toEqual([true, 1]);
  });

  it('does not go back to an older version', async () => {
    const server = new Server();
    const tab = browser(server).tab();
    tab.received({ version: 3, values: { x: 3 } });
    tab.received({ version: 2, values: { x: 2 } });
    expect(tab.value).toEqual({ x: 3 });
  });

  it('shows in one tab what another one changed, and keeps both', async () => {
    const server = new Server();
    server.isUp = false;
    const home = browser(server);
    const [one, two] = [home.tab(), home.tab()];
    one.change(set('x', 1));
    two.change(set('y', 2));
    one.storageChanged();
    expect(one.value).toEqual({ x: 1, y: 2 });
    expect(home.tab().value).toEqual({ x: 1, y: 2 });
  });

  it('goes on without storage, and says that a change is not kept', async () => {
    const server = new Server();
    const home = browser(server);
    home.storage.isFull = true;
    const tab = home.tab();
    tab.change(set('x', 1));
    expect(tab.value).toEqual({ x: 1 });
    expect(tab.isKept).toBe(false);
    await home.pass(1_000);
    expect(server.saved.values).toEqual({ x: 1 });
  });

  it('starts empty when the kept text is damaged', async () => {
    const server = new Server();
    const home = browser(server);
    home.damage();
    expect(home.tab().value).toEqual({});
  });

  it('does not repeat what the server refuses', async () => {
    const server = new Server();
    const home = browser(server);
    server.refusal = new Error('too large');
    const tab = home.tab();
    tab.change(set('x', 1));
    await home.pass(600_000);
    expect(server.requests).toBe(1);
    expect(tab.state).toBe('refused');
    expect(tab.value).toEqual({ x: 1 });
  });

  it('sends although the clock was set back', async () => {
    const server = new Server();
    const home = browser(server);
    home.setClock(1_000_000);
    const tab = home.tab();
    tab.change(set('x', 1));
    home.setClock(0);
    tab.change(set('x', 2));
    await home.pass(2_000);
    expect(server.saved.values).toEqual({ x: 2 });
  });
});

// Behaves like Hyperdrive: answers a client's start-up itself, lends it a warm connection to Postgres, and
// delays what Postgres sends by the network's time. Counts round trips once the connection is open: a
// Sync or a Query message (PostgreSQL protocol 3, "Message Formats").

import { connect, createServer } from 'node:net';

/** @typedef {import('node:net').Socket} Socket */
/** @typedef {{ delay: number, startup: boolean }} Settings */
/**
 * @typedef {object} Proxy
 * @property {number} port on loopback
 * @property {() => number} take how many round trips there were since the last call
 * @property {(settings: Settings) => void} set how many milliseconds an answer takes, and whether that
 *   goes for the greeting too
 * @property {() => void} stop
 */

/**
 * @param {{ host: string, port: number }} upstream a Postgres that trusts this machine
 * @returns {Promise<Proxy>}
 */
export function startProxy(upstream) {
  let roundTrips = 0;
  /** @type {Settings} */
  let settings = { delay: 0, startup: false };
  // Timers of one length fire in the order in which they were set, so bytes keep theirs.
  const later = (/** @type {() => void} */ work, /** @type {boolean} */ greeting) =>
    settings.delay > 0 && (settings.startup || !greeting)
      ? setTimeout(work, settings.delay)
      : work();
  const pool = new Pool(upstream);
  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    /** @type {Promise<Lent> | undefined} */
    let lending;
    const read = messages(0, async (message, kind) => {
      if (!lending) {
        lending = pool.lend(message);
        const { greeting } = await lending;
        later(() => client.write(greeting), true);
        return;
      }
      if (kind === 'X') return;
      if (kind === 'S' || kind === 'Q') roundTrips++;
      const lent = await lending;
      lent.ask(kind, message, (chunk) => later(() => client.write(chunk), false));
    });
    client.on('data', read);
    client.on('end', () => client.end());
    client.on('close', async () => (await lending)?.giveBack());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      resolve({
        port,
        take() {
          const taken = roundTrips;
          roundTrips = 0;
          return taken;
        },
        set: (next) => {
          settings = next;
        },
        stop() {
          server.close();
          pool.stop();
        },
      });
    });
  });
}

/** Connections that stand, by the start-up message that they were opened with. */
class Pool {
  /** @type {Map<string, Lent[]>} */
  #idle = new Map();

  /** @param {{ host: string, port: number }} upstream */
  constructor(upstream) {
    this.upstream = upstream;
  }

  /**
   * @param {Buffer} startup
   * @returns {Promise<Lent>}
   */
  async lend(startup) {
    const key = startup.toString('latin1');
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    return idle.pop() ?? open(this.upstream, startup, (lent) => idle.push(lent));
  }

  stop() {
    for (const lent of [...this.#idle.values()].flat()) lent.close();
  }
}

/** One connection to Postgres. */
class Lent {
  /** Answers that are still to come. */
  #waiting = 0;
  /** @type {(chunk: Buffer) => void} */
  #answer = () => {};
  #clean = false;

  /**
   * @param {Socket} socket
   * @param {Buffer} greeting
   * @param {(lent: Lent) => void} onClean
   */
  constructor(socket, greeting, onClean) {
    this.socket = socket;
    this.greeting = greeting;
    const follow = messages(1, (_, kind) => {
      if (kind !== 'Z' || --this.#waiting > 0 || !this.#clean) return;
      this.#clean = false;
      onClean(this);
    });
    socket.on('data', (chunk) => {
      this.#answer(chunk);
      follow(chunk);
    });
  }

  /**
   * @param {string} kind
   * @param {Buffer} message
   * @param {(chunk: Buffer) => void} answer takes what comes back from now on
   */
  ask(kind, message, answer) {
    this.#answer = answer;
    if (kind === 'S' || kind === 'Q') this.#waiting++;
    this.socket.write(message);
  }

  /** Makes it forget the client, for the next one; a client that left early breaks it. */
  giveBack() {
    if (this.#waiting > 0) return this.close();
    this.#clean = true;
    this.ask('Q', Buffer.from('Q\0\0\0\x10discard all\0', 'latin1'), () => {});
  }

  close() {
    this.socket.destroy();
  }
}

/**
 * @param {{ host: string, port: number }} upstream
 * @param {Buffer} startup
 * @param {(lent: Lent) => void} onClean
 * @returns {Promise<Lent>}
 */
function open(upstream, startup, onClean) {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...upstream, noDelay: true });
    socket.once('error', reject);
    /** @type {Buffer[]} */
    const greeting = [];
    const read = messages(1, (message, kind) => {
      greeting.push(message);
      if (kind === 'E') reject(new Error(message.toString('latin1', 5)));
      if (kind !== 'Z') return;
      socket.removeAllListeners('data');
      resolve(new Lent(socket, Buffer.concat(greeting), onClean));
    });
    socket.on('data', read);
    socket.write(startup);
  });
}

/**
 * Takes a stream apart into messages. All have a type byte but a client's first.
 * @param {0 | 1} typed whether the first message has one
 * @param {(message: Buffer, kind: string) => void} onMessage
 * @returns {(chunk: Buffer) => void}
 */
function messages(typed, onMessage) {
  let rest = /** @type {Buffer} */ (Buffer.alloc(0));
  let head = Number(typed);
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= head + 4) {
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      onMessage(rest.subarray(0, end), head === 1 ? rest.toString('latin1', 0, 1) : '');
      head = 1;
      rest = rest.subarray(end);
    }
  };
}

// A proxy in front of Postgres that counts flights and makes each as long as it is in production.
// A flight is one wait for the server's answer, after the connection stands: a Sync or a Query
// message (PostgreSQL protocol 3, "Message Formats").

import { connect, createServer } from 'node:net';

const SYNC = 'S'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);

/**
 * @typedef {object} Proxy
 * @property {number} port on loopback
 * @property {() => number} take how many flights there were since the last call
 * @property {(settings: { delay: number, startup: boolean }) => void} set how many milliseconds an
 *   answer takes, and whether that goes for those of the start-up too
 * @property {() => void} stop
 */

/**
 * @param {{ host: string, port: number }} upstream
 * @returns {Promise<Proxy>}
 */
export function startProxy(upstream) {
  let flights = 0;
  let settings = { delay: 0, startup: false };
  const server = createServer({ noDelay: true }, (client) => {
    const database = connect({ ...upstream, noDelay: true });
    let isUp = false;
    const count = flightCounter(() => {
      isUp = true;
      flights++;
    });
    client.on('data', (chunk) => {
      count(chunk);
      database.write(chunk);
    });
    // Timers of one length fire in the order in which they were set, so the bytes keep theirs.
    const later = (/** @type {() => void} */ work) =>
      settings.delay > 0 && (isUp || settings.startup) ? setTimeout(work, settings.delay) : work();
    database.on('data', (chunk) => later(() => client.write(chunk)));
    database.on('end', () => later(() => client.end()));
    client.on('end', () => database.end());
    client.on('error', () => database.destroy());
    database.on('error', () => client.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      resolve({
        port,
        take() {
          const taken = flights;
          flights = 0;
          return taken;
        },
        set: (next) => {
          settings = next;
        },
        stop: () => server.close(),
      });
    });
  });
}

/**
 * Follows one client's messages: the start-up packet has no type byte, all others have one.
 * @param {() => void} onFlight
 * @returns {(chunk: Buffer) => void}
 */
function flightCounter(onFlight) {
  let rest = /** @type {Buffer} */ (Buffer.alloc(0));
  let head = 0;
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= head + 4) {
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      if (head === 1 && (rest[0] === SYNC || rest[0] === QUERY)) onFlight();
      head = 1;
      rest = rest.subarray(end);
    }
  };
}

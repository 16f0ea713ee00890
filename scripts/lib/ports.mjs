// Which loopback ports are free. Never holds one.

import { createServer } from 'node:net';
import { Problem } from './cli.mjs';

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

/**
 * The first free port from `from` on, so that addresses stay the same from run to run.
 * @param {number} from
 * @returns {Promise<number>}
 */
export async function firstFree(from) {
  for (let port = from; port < from + 100; port++) {
    if (await isFree(port)) return port;
  }
  throw new Problem(
    `No free port between ${from} and ${from + 99}. Stop what listens there, then run this again.`,
  );
}

/**
 * Any free port, for what nobody needs to remember.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

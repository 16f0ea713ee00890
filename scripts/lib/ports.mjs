// Finds free loopback ports. Does not reserve them.

import { createServer } from 'node:net';
import { Problem } from './cli.mjs';

/**
 * Whether the port is free on both loopback addresses: `localhost` may be either of them.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export async function isFree(port) {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    // On a machine without IPv6, nothing listens there either.
    server.once('error', (/** @type {NodeJS.ErrnoException} */ { code }) =>
      resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Finds the first free port from `from` on, so that addresses stay the same from run to run.
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
 * Finds any free port, for servers whose address does not have to stay the same.
 * @returns {Promise<number>}
 */
export async function freePort() {
  const [port] = await freePorts(1);
  return /** @type {number} */ (port);
}

/**
 * Finds several free ports, all different: each is held until all are found.
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const held = await Promise.all(Array.from({ length: count }, listen));
  return Promise.all(held.map(release));
}

/** @returns {Promise<import('node:net').Server>} */
function listen() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve(server));
  });
}

/**
 * @param {import('node:net').Server} server
 * @returns {Promise<number>} the port that it had
 */
function release(server) {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return new Promise((resolve) => server.close(() => resolve(port)));
}

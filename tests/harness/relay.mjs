// A loopback port in front of Postgres that is always there, also when the server is not.
//
// Miniflare moves the bytes between worker and database in this process, and listens for no
// errors: a server that is away, or either side that cuts a connection, would end the process.
// Here it is an end of file, as Hyperdrive would answer.

import { subscribe } from 'node:diagnostics_channel';
import { connect, createServer } from 'node:net';

// Both of Miniflare's ends: it writes to one that is ended already. An error is followed by a close,
// which whoever owns the socket sees.
for (const end of ['net.server.socket', 'net.client.socket']) {
  subscribe(end, (message) => {
    const { socket } = /** @type {{ socket: import('node:net').Socket }} */ (message);
    socket.on('error', () => {});
  });
}

/**
 * @param {string} databaseUrl
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `url` leads to the same database
 */
export async function startRelay(databaseUrl) {
  const target = new URL(databaseUrl);
  const port = Number(target.port || 5432);
  /** @type {Set<import('node:net').Socket>} */
  const open = new Set();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (inner) => {
    const outer = connect({ host: target.hostname, port, noDelay: true });
    open.add(inner);
    inner.on('error', () => outer.destroy());
    inner.on('close', () => open.delete(inner) && outer.destroy());
    // What still comes in is read and dropped, so that the end is no reset.
    outer.on('close', () => inner.unpipe(outer).resume().end());
    outer.on('error', () => {});
    inner.pipe(outer);
    outer.pipe(inner);
  });
  await /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', () => resolve());
    })
  );
  server.unref();
  const { port: own } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(own);
  return {
    url: url.href,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

// A loopback port in front of Postgres that stays open while the server is down.
//
// Miniflare copies the bytes between worker and database in this process, without error handlers: a
// server that is down, or a connection that either side resets, would end the process. The relay
// turns both into an end of file, as Hyperdrive does.

import { subscribe } from 'node:diagnostics_channel';
import { connect, createServer } from 'node:net';

// Miniflare writes to sockets that have ended already. Their errors are ignored on both sides, because an
// error is followed by `close`, which the owner of the socket handles.
for (const end of ['net.server.socket', 'net.client.socket']) {
  subscribe(end, (message) => {
    const { socket } = /** @type {{ socket: import('node:net').Socket }} */ (message);
    socket.on('error', () => {});
  });
}

/**
 * Starts the relay.
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
    // Further input is read and dropped, so that the connection closes instead of being reset.
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

// A connection to the database that can be cut, so that the workers see a database that is down.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Link {
  /** The database's address through this connection. */
  url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function link(databaseUrl: string): Promise<Link> {
  const { hostname, port } = new URL(databaseUrl);
  const open = new Set<Socket>();
  let server: Server;
  const listen = async (at: number) => {
    server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) {
        open.add(socket);
        // When one side breaks, the other one ends, too; both are expected here.
        socket.on('error', () => {});
        socket.on('close', () => {
          open.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    await once(server.listen(at, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  };
  const own = await listen(0);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${own}`;
  return {
    url: url.href,
    async cut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
    async mend() {
      await listen(own);
    },
  };
}

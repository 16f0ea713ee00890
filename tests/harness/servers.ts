// Stand-ins for the servers of other systems, on the loopback.

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  /** `127.0.0.1:1234` */
  address: string;
  /** `http://127.0.0.1:1234` */
  origin: string;
  stop(): Promise<void>;
}

/** Starts an HTTP server. */
export async function standIn(listener: RequestListener): Promise<StandIn> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    origin: `http://${address}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Starts a DNS-over-HTTPS resolver with these records; it answers application/dns-json. */
export function resolver(
  records: () => Record<string, Record<string, string[]>>,
): Promise<StandIn> {
  const types: Record<string, number> = { A: 1, CNAME: 5, TXT: 16, AAAA: 28 };
  return standIn((request, response) => {
    const query = new URL(request.url ?? '', 'http://resolver').searchParams;
    const name = (query.get('name') ?? '').replace(/\.$/, '');
    const type = query.get('type') ?? '';
    const found = records()[name];
    const answer = (found?.[type] ?? []).map((data) => ({ name, type: types[type], TTL: 1, data }));
    response.setHeader('content-type', 'application/dns-json');
    response.end(JSON.stringify({ Status: found ? 0 : 3, Answer: answer }));
  });
}

// The whole system on the loopback: the built workers and the built shell behind the edge, a
// database, and stand-ins for other systems.

import { createDatabase, type Database } from '../../harness/database.ts';
import { resolver, type StandIn } from '../../harness/servers.ts';
import { startWorkers } from '../../harness/workers.mjs';
import { GOOGLE, google } from './google.ts';
import { type Link, link } from './link.ts';
import { type Shell, serveShell } from './shell.ts';
import { bank, type Site, tideTable } from './sites.ts';
import { SLACK, type Slack, slack } from './slack.ts';

type Workers = Awaited<ReturnType<typeof startWorkers>>;

export interface Stack {
  origin: string;
  port: string;
  workers: Workers;
  shell: Shell;
  database: Link;
  /** Runs SQL in the database. */
  query: Database['query'];
  /** The resolver's records: by name, then by type. */
  dns: Record<string, Record<string, string[]>>;
  tideTable: Site;
  bank: StandIn;
  slack: Slack;
  /** The log output of the workers. */
  log: string[];
  stop(): Promise<void>;
}

export const CNAME_TARGET = 'homes.prox.example';

export async function startStack(): Promise<Stack> {
  const database = await createDatabase();
  const line = await link(database.url);
  const dns: Stack['dns'] = {};
  const others = await Promise.all([
    serveShell(),
    resolver(() => dns),
    tideTable(),
    bank(),
    slack(),
    google(),
  ]);
  const [shell, doh, tides, money, team, issuer] = others;
  const log: string[] = [];
  const workers = await startWorkers({
    databaseUrl: line.url,
    shellOrigin: shell.origin,
    log: (text: string) => log.push(text),
    vars: {
      DOH_URL: `${doh.origin}/dns-query`,
      CNAME_TARGET,
      EGRESS_ALLOW: [tides, money, team, issuer].map(({ address }) => address).join(','),
      GOOGLE_ISSUER: issuer.origin,
      GOOGLE_CLIENT_ID: GOOGLE.id,
      GOOGLE_CLIENT_SECRET: GOOGLE.secret,
      SLACK_ORIGIN: team.origin,
      SLACK_CLIENT_ID: SLACK.id,
      SLACK_CLIENT_SECRET: SLACK.secret,
      SLACK_SIGNING_SECRET: SLACK.signing,
    },
  });
  return {
    origin: workers.origin,
    port: new URL(workers.origin).port,
    workers,
    shell,
    database: line,
    query: database.query,
    dns,
    tideTable: tides,
    bank: money,
    slack: team,
    log,
    async stop() {
      await workers.stop();
      await line.cut();
      await Promise.all(others.map((other) => other.stop()));
      await database.drop();
    },
  };
}

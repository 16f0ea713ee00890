// Creates a database for a test file, and runs SQL in it.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../scripts/lib/migrate.mjs';

export interface Database {
  url: string;
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Creates a migrated database on a server; default: that of DATABASE_URL. */
export async function createDatabase(server = serverUrl()): Promise<Database> {
  const name = `worker_test_${randomBytes(6).toString('hex')}`;
  await once(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrate({ databaseUrl: url.href });
  return {
    url: url.href,
    query: async (sql, values = []) => (await once(url.href, sql, values)).rows,
    drop: async () => {
      await once(server, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Runs one statement on a new connection: the server may have been down in between. */
async function once(url: string, sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql, values);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) {
    throw new Error(
      'DATABASE_URL is not set. Try: DATABASE_URL=$(./scripts/postgres start --test)',
    );
  }
  return url;
}

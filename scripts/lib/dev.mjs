// The whole product on this machine, from a clean checkout, behind one address.
//
//   ./scripts/dev [--port 8787] [--fresh] [--no-seed]
//
// --fresh empties the database and the rooms first; --no-seed leaves the demo out. DATABASE_URL, when
// set, is used instead of the embedded Postgres.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWorker, WORKERS } from './build.mjs';
import { command, explain, Problem, parseArgs } from './cli.mjs';
import { untilHealthy } from './health.mjs';
import { withLock } from './lock.mjs';
import { migrate } from './migrate.mjs';
import { dataDir, root } from './paths.mjs';
import { firstFree, isFree } from './ports.mjs';
import { startPostgres } from './postgres.mjs';
import { start } from './processes.mjs';
import { seed } from './seed.mjs';
import { duration, step } from './steps.mjs';
import { Supervisor } from './supervisor.mjs';
import { ensureNightly, ensurePackages, ensureRust, ensureWorkerTools, toolEnv } from './tools.mjs';
import { watchCrates } from './watch.mjs';

/** @typedef {import('./processes.mjs').Started} Started */
/** @typedef {{ port: number, fresh: boolean, seed: boolean }} Options */

const varsFile = join(root, '.dev.vars');
const roomsDir = join(dataDir, 'rooms');
const logsDir = join(dataDir, 'logs');

const supervisor = new Supervisor();

/** @param {Options} options */
async function dev(options) {
  const began = performance.now();
  await requirePort(options.port);
  await step('Rust', ensureRust);
  await step('nightly Rust', ensureNightly);
  await step('npm packages', ensurePackages);
  await step('worker tools', ensureWorkerTools);
  for (const worker of WORKERS) {
    await step(`crates/${worker}`, (note) => buildWorker('dev', worker, note));
  }
  const databaseUrl = await step('Postgres', (note) => openDatabase(options, note));
  await step('migrations', async (note) => {
    const ran = await migrate({ databaseUrl, log: note });
    note(ran.length === 0 ? 'up to date' : `${ran.length} ran`);
  });
  const shellOrigin = await step('shell', startShell);
  const origin = `http://localhost:${options.port}`;
  const settings = { databaseUrl, port: options.port, varsFile, persist: roomsDir, shellOrigin };
  let workers = await step('workers', () => startWorkers(settings, origin));
  if (options.seed) {
    await step('demo', async (note) => {
      const { added, handle } = await seed(origin);
      note(added === 0 ? `@${handle} is there` : `${added} items in the home of @${handle}`);
    });
  }
  console.log(
    `\n  ${origin}   (ready after ${duration(performance.now() - began)}; Ctrl-C stops it)\n`,
  );
  const unwatch = watchCrates(async () => {
    workers = await rebuild(workers, settings, origin);
  });
  try {
    await supervisor.failed;
  } finally {
    unwatch();
  }
}

/** @param {number} port */
async function requirePort(port) {
  if (await isFree(port)) return;
  throw new Problem(
    `Port ${port} is taken. Stop what uses it, or choose another: ./scripts/dev --port ${port + 1}`,
  );
}

/**
 * @param {Options} options
 * @param {import('./steps.mjs').Note} note
 * @returns {Promise<string>}
 */
async function openDatabase({ fresh }, note) {
  if (fresh) rmSync(roomsDir, { recursive: true, force: true });
  const given = process.env.DATABASE_URL;
  if (given) {
    if (fresh)
      throw new Problem(
        '--fresh empties only the embedded Postgres. Unset DATABASE_URL to use that.',
      );
    note(new URL(given).host);
    return given;
  }
  const { url, program } = await startPostgres('dev', { fresh });
  if (program) supervisor.add(program);
  note(`${new URL(url).host}${program ? '' : ', was running'}`);
  return url;
}

/** The shell by Vite, which the edge passes requests to. */
async function startShell(/** @type {import('./steps.mjs').Note} */ note) {
  if (!existsSync(join(root, 'site', 'shell', 'package.json'))) {
    note('site/shell is missing');
    return undefined;
  }
  const port = await firstFree(5173);
  const origin = `http://127.0.0.1:${port}`;
  const program = launch('shell', 'npm', ['run', 'dev', '-w', 'site/shell'], {
    ...toolEnv(),
    SHELL_PORT: String(port),
  });
  await untilHealthy(program, origin);
  note(origin);
  return origin;
}

/**
 * @param {object} settings
 * @param {string} origin
 */
async function startWorkers(settings, origin) {
  writeVars();
  const serve = join(root, 'scripts', 'lib', 'serve.mjs');
  const env = { ...process.env, PROX_WORKERS: JSON.stringify(settings) };
  const program = launch('workers', process.execPath, [serve], env);
  await untilHealthy(program, `${origin}/api/health`);
  return program;
}

/**
 * After a change: the new workers when they build, else the old ones.
 * @param {Started} old
 * @param {object} settings
 * @param {string} origin
 */
async function rebuild(old, settings, origin) {
  try {
    for (const worker of WORKERS) {
      await step(`crates/${worker}`, (note) => buildWorker('dev', worker, note));
    }
    return await step('workers', async () => {
      await old.stop();
      return startWorkers(settings, origin);
    });
  } catch (error) {
    console.error(`error: ${explain(error)}`);
    return old;
  }
}

/**
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function launch(name, program, args, env) {
  mkdirSync(logsDir, { recursive: true });
  return supervisor.add(
    start(name, program, args, { cwd: root, env, logFile: join(logsDir, `${name}.log`) }),
  );
}

/** Secrets for local use, made once. */
function writeVars() {
  if (existsSync(varsFile)) return;
  const text = readFileSync(`${varsFile}.example`, 'utf8');
  const made = text.replace(/=generated$/gm, () => `=${randomBytes(32).toString('hex')}`);
  writeFileSync(varsFile, made, { mode: 0o600 });
}

/** Ctrl-C, `kill` and a closed terminal: stop what was started, in order. A second one ends at once. */
function stopOnSignal() {
  let stopping = false;
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.on(signal, async () => {
      if (stopping) process.exit(code);
      stopping = true;
      console.log('\n  stopping');
      await supervisor.stopAll();
      process.exit(code);
    });
  }
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { port: 'value', fresh: 'flag', 'no-seed': 'flag' });
  const port = Number(options.port ?? 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Problem('--port needs a number up to 65535.');
  mkdirSync(dataDir, { recursive: true });
  stopOnSignal();
  try {
    const work = () => dev({ port, fresh: options.fresh === true, seed: !options['no-seed'] });
    await withLock(join(dataDir, 'dev.lock'), work, {
      patience: 0,
      refusal: 'Prox OS runs already from this checkout. Stop that one first.',
    });
  } finally {
    await supervisor.stopAll();
  }
});

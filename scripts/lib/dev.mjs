// Prepares a checkout for `prox up`: tools, packages, the workers, the `prox` program and the settings that
// prox.yaml reads. Does not start anything.
//
//   ./scripts/dev [--port 8787] [--fresh] [--no-seed] [--tui]
//
// --fresh empties the database and the rooms first; --no-seed leaves the demo out; --tui shows the
// processes in the terminal. DATABASE_URL, when set, is used instead of the embedded Postgres.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWorkers } from './build.mjs';
import { cargo } from './cargo.mjs';
import { command, Problem, parseArgs } from './cli.mjs';
import { dataDir, devSettings, roomsDir, root, varsFile } from './paths.mjs';
import { firstFree, isFree } from './ports.mjs';
import { removeCluster } from './postgres.mjs';
import { run } from './processes.mjs';
import { step, together } from './steps.mjs';
import {
  ensureNightly,
  ensurePackages,
  ensureRust,
  ensureWasmBindgen,
  sharedBuildEnv,
} from './tools.mjs';

/** @typedef {{ port: number, fresh: boolean, seed: boolean }} Options */

const prox = join(root, 'target', 'debug', 'prox');

/** @param {Options} options */
async function prepare({ port, fresh, seed }) {
  const began = Date.now();
  await requireNothingRuns();
  await requirePort(port);
  await buildAll();
  if (fresh) await step('empty database', empty);
  writeVars();
  const settings = {
    DEV_PORT: port,
    DEV_SHELL_PORT: await firstFree(5173),
    DEV_SEED: seed ? 'yes' : 'no',
    DEV_BEGAN: began,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(devSettings, lines.join(''));
}

/**
 * Builds everything in two parallel lanes, because each compiler uses only one core for long times: the
 * workers in one lane; wasm-bindgen, which they need in their last step, and `prox` in the other.
 */
async function buildAll() {
  await step('Rust', ensureRust);
  const wasmBindgen = step('wasm-bindgen', ensureWasmBindgen);
  const packages = step('npm packages', ensurePackages);
  await together(
    wasmBindgen.then(() => step('prox', buildProx)),
    prepareWorkers(Promise.all([wasmBindgen, packages])),
    packages,
  );
}

/** @param {Promise<unknown>} bundlers what the workers need after they are compiled */
async function prepareWorkers(bundlers) {
  // The step itself reports a failure, which must not end the process here.
  bundlers.catch(() => {});
  await step('nightly Rust', ensureNightly);
  await buildWorkers('dev', { bundlers });
}

/** @param {import('./steps.mjs').Note} note */
async function buildProx(note) {
  const env = sharedBuildEnv('native');
  await cargo(['build', '--package', 'prox-cli'], { cwd: root, env, note });
  note('built');
}

/** Checks that no `prox` runs from this checkout, before the port is checked, which it would use. */
async function requireNothingRuns() {
  if (!existsSync(prox)) return;
  const list = await run(prox, ['list', '--json'], { cwd: root });
  const running = JSON.parse(list).some(
    (/** @type {{ project_path: string }} */ one) => one.project_path === root,
  );
  if (!running) return;
  throw new Problem(
    'Prox OS is already running from this checkout. `./scripts/prox down` stops it, `./scripts/prox attach` shows it.',
  );
}

/** @param {number} port */
async function requirePort(port) {
  if (await isFree(port)) return;
  throw new Problem(
    `Port ${port} is taken. Stop what uses it, or choose another: ./scripts/dev --port ${port + 1}`,
  );
}

async function empty() {
  if (process.env.DATABASE_URL)
    throw new Problem(
      '--fresh empties only the embedded Postgres. Unset DATABASE_URL to use that.',
    );
  rmSync(roomsDir, { recursive: true, force: true });
  await removeCluster('dev');
}

/** Writes random secrets for local use, once. */
function writeVars() {
  if (existsSync(varsFile)) return;
  const text = readFileSync(`${varsFile}.example`, 'utf8');
  const made = text.replace(/=generated$/gm, () => `=${randomBytes(32).toString('hex')}`);
  writeFileSync(varsFile, made, { mode: 0o600 });
}

command(import.meta.url, async (args) => {
  const known = /** @type {const} */ ({
    port: 'value',
    fresh: 'flag',
    'no-seed': 'flag',
    tui: 'flag',
  });
  const { options } = parseArgs(args, known);
  const port = Number(options.port ?? 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Problem('--port needs a number up to 65535.');
  mkdirSync(dataDir, { recursive: true });
  await prepare({ port, fresh: options.fresh === true, seed: !options['no-seed'] });
});

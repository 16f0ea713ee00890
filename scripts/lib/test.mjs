// Runs every check of the repository and shows its time. Stops at the first failure.
//
//   ./scripts/test [--changed] [--fast] [--keep-going]
//
// --changed runs what the changes since main can break; --fast leaves out what needs the built workers,
// and the budgets of prox; --keep-going runs the rest after a failure. TEST_DATABASE_URL, when set, is
// used instead of the embedded Postgres: a role that may create databases.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWorkers, outputDir, WASM_LIMIT, WORKERS } from './build.mjs';
import { affected, affectsProgram, changedFiles, everything, readGraph } from './changes.mjs';
import { builtTests, bundles, compileNative, fastTests, lint } from './checks.mjs';
import { ensureChromium } from './chromium.mjs';
import { command, explain, Problem, parseArgs } from './cli.mjs';
import { ensurePythonGenerator, ensureSpectral } from './contract-tools.mjs';
import { root } from './paths.mjs';
import { startPostgres } from './postgres.mjs';
import { run } from './processes.mjs';
import { duration, print, step, together } from './steps.mjs';
import { ensureTmux } from './tmux.mjs';
import {
  ensureNextest,
  ensureNightly,
  ensurePackages,
  ensureRust,
  ensureWasmBindgen,
  toolEnv,
} from './tools.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

/**
 * Runs steps and records failures. With `keepGoing`, the run continues after a failure; without it, no step
 * begins after a failure, in any lane.
 */
class Runner {
  /** @type {string[]} */
  failed = [];

  /** @param {boolean} keepGoing */
  constructor(keepGoing) {
    this.keepGoing = keepGoing;
  }

  /**
   * Runs one step, unless the run has failed.
   * @param {string} name
   * @param {(note: Note) => Promise<void>} work
   */
  async step(name, work) {
    if (this.failed.length > 0 && !this.keepGoing) return;
    try {
      await step(name, work);
    } catch (error) {
      this.failed.push(name);
      print(explain(error));
    }
  }

  /**
   * Runs checks one after the other.
   * @param {import('./checks.mjs').Check[]} checks
   * @param {string} [databaseUrl]
   */
  async checks(checks, databaseUrl = '') {
    for (const check of checks) await this.check(check, databaseUrl);
  }

  /**
   * @param {import('./checks.mjs').Check} check
   * @param {string} databaseUrl
   */
  async check({ name, command: [program = '', ...args], database, env: own }, databaseUrl) {
    await this.step(name, async () => {
      const addresses = { DATABASE_URL: databaseUrl, TEST_DATABASE_URL: databaseUrl };
      // Quiet, so that the last lines of the output are about the failure.
      const quiet = { CARGO_TERM_QUIET: 'true' };
      const env = { ...toolEnv(), ...own, ...quiet, ...(database ? addresses : {}) };
      try {
        await run(program, args, { cwd: root, env, keep: 400 });
      } catch (error) {
        const again = [
          database ? `DATABASE_URL=${databaseUrl} TEST_DATABASE_URL=${databaseUrl}` : '',
          './scripts/run',
          program,
          ...args,
        ];
        const { message } = /** @type {Error} */ (error);
        throw new Problem(`${message}\n\nTo repeat it: ${again.filter(Boolean).join(' ')}`);
      }
    });
  }
}

/**
 * Runs all checks: first everything that compiles, in two parallel lanes, because each uses only one core
 * for long times; then the tests, one after the other, because some of them measure time.
 * @param {Runner} runner
 * @param {{ fast: boolean, databaseUrl: string, what: import('./changes.mjs').Affected }} options
 */
async function runAll(runner, { fast, databaseUrl, what }) {
  await together(
    runner.checks(compileNative(what, { fast })),
    (async () => {
      await runner.checks(lint(what));
      if (fast) return;
      const runStep = runner.step.bind(runner);
      if (what.workers) {
        await buildWorkers('dev', { runStep });
        await buildWorkers('release', { runStep });
        await runner.step('worker budgets', checkBudgets);
      }
      await runner.checks(bundles(what));
    })(),
  );
  await runner.checks(fastTests(what), databaseUrl);
  if (!fast) await runner.checks(builtTests(what), databaseUrl);
}

/** @param {Note} note */
async function checkBudgets(note) {
  const sizes = WORKERS.map((worker) => {
    const wasm = readFileSync(join(outputDir('release', worker), 'index_bg.wasm'));
    return { worker, size: gzipSync(wasm).length };
  });
  note(sizes.map(({ worker, size }) => `${worker} ${Math.round(size / 1000)} kB`).join(', '));
  for (const { worker, size } of sizes) {
    if (size > WASM_LIMIT) {
      throw new Problem(
        `crates/platform/${worker} weighs ${size} bytes gzip; the limit is ${WASM_LIMIT}.`,
      );
    }
  }
}

/** @param {Note} note */
async function openDatabase(note) {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    note(new URL(given).host);
    return { url: given, program: undefined };
  }
  const server = await startPostgres('test');
  note(new URL(server.url).host);
  return server;
}

/**
 * Installs the tools of the checks, those of npm and those of Rust in parallel.
 * @param {{ fast: boolean, what: import('./changes.mjs').Affected }} options
 */
async function installTools({ fast, what }) {
  await together(
    (async () => {
      await step('npm packages', ensurePackages);
      if (what.crates.has('prox-api')) await step('Spectral', ensureSpectral);
      if (!fast && what.workspaces.has('tests/clients'))
        await step('openapi-python-client', ensurePythonGenerator);
      // Both may run the system's package manager, which runs once at a time.
      if (affectsProgram(what)) await step('tmux', ensureTmux);
      if (!fast && what.workspaces.has('tests/e2e')) await step('Chromium', ensureChromium);
    })(),
    (async () => {
      await step('Rust', ensureRust);
      if (what.crates.size > 0) await step('cargo-nextest', ensureNextest);
      if (fast || !what.workers) return;
      await step('nightly Rust', ensureNightly);
      await step('wasm-bindgen', ensureWasmBindgen);
    })(),
  );
}

/** The parts that the changes since main can break, with a line that describes them. */
function findAffected() {
  const files = changedFiles();
  const what = affected(files, readGraph());
  const parts = [...what.crates, ...what.workspaces, ...(what.scripts ? ['scripts'] : [])];
  const affects = parts.length > 0 ? parts.sort().join(', ') : 'nothing that has tests of its own';
  console.log(`  ${files.length} changed files affect: ${affects}`);
  return what;
}

command(import.meta.url, async (args) => {
  const known = /** @type {const} */ ({ changed: 'flag', fast: 'flag', 'keep-going': 'flag' });
  const { options } = parseArgs(args, known);
  const began = performance.now();
  const fast = options.fast === true;
  const what = options.changed ? findAffected() : everything(readGraph());
  await installTools({ fast, what });
  const { url, program } = await step('Postgres', openDatabase);
  const runner = new Runner(options['keep-going'] === true);
  try {
    await runAll(runner, { fast, databaseUrl: url, what });
  } finally {
    await program?.stop();
  }
  const time = duration(performance.now() - began);
  if (runner.failed.length > 0) throw new Problem(`${runner.failed.join(', ')} failed (${time}).`);
  console.log(`\n  everything passed in ${time}`);
});

// Every check of the repository, in order, each with its time; stops at the first failure.
//
//   ./scripts/test [--fast] [--keep-going]
//
// --fast leaves out what needs the built workers, and the budgets of prox; --keep-going runs the
// rest after a failure. TEST_DATABASE_URL, when set, is used instead of the embedded Postgres: a
// role that may create databases.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWorker, outputDir, WORKERS } from './build.mjs';
import { builtChecks, fastChecks } from './checks.mjs';
import { ensureChromium } from './chromium.mjs';
import { command, explain, Problem, parseArgs } from './cli.mjs';
import { root } from './paths.mjs';
import { startPostgres } from './postgres.mjs';
import { run } from './processes.mjs';
import { duration, step } from './steps.mjs';
import { ensureTmux } from './tmux.mjs';
import {
  ensureNextest,
  ensureNightly,
  ensurePackages,
  ensureRust,
  ensureWorkerTools,
  toolEnv,
} from './tools.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

/** The most that a worker may weigh, gzip, in bytes (docs/benchmarks.md, figure 12). */
const WASM_LIMIT = 700_000;

/** Runs steps and remembers failures. With `keepGoing`, a failure does not end the run. */
class Runner {
  /** @type {string[]} */
  failed = [];

  /** @param {boolean} keepGoing */
  constructor(keepGoing) {
    this.keepGoing = keepGoing;
  }

  /**
   * @param {string} name
   * @param {(note: Note) => Promise<void>} work
   */
  async step(name, work) {
    try {
      await step(name, work);
    } catch (error) {
      this.failed.push(name);
      if (!this.keepGoing) throw error;
      console.error(explain(error));
    }
  }

  /**
   * @param {import('./checks.mjs').Check} check
   * @param {string} databaseUrl
   */
  async check({ name, command: [program = '', ...args], database }, databaseUrl) {
    await this.step(name, async () => {
      const addresses = { DATABASE_URL: databaseUrl, TEST_DATABASE_URL: databaseUrl };
      // Quiet, because a failure shows the last lines, and those should be about it.
      const quiet = { CARGO_TERM_QUIET: 'true' };
      const env = { ...toolEnv(), ...quiet, ...(database ? addresses : {}) };
      try {
        await run(program, args, { cwd: root, env, keep: 400 });
      } catch (error) {
        const again = [
          database ? `DATABASE_URL=${databaseUrl} TEST_DATABASE_URL=${databaseUrl}` : '',
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
 * @param {Runner} runner
 * @param {{ fast: boolean, databaseUrl: string }} options
 */
async function runAll(runner, { fast, databaseUrl }) {
  for (const check of fastChecks()) await runner.check(check, databaseUrl);
  if (fast) return;
  for (const profile of /** @type {const} */ (['dev', 'release'])) {
    for (const worker of WORKERS) {
      await runner.step(`crates/platform/${worker}, ${profile}`, (note) =>
        buildWorker(profile, worker, note),
      );
    }
  }
  await runner.step('worker budgets', checkBudgets);
  for (const check of builtChecks()) await runner.check(check, databaseUrl);
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
      throw new Problem(`crates/platform/${worker} weighs ${size} bytes gzip; the limit is ${WASM_LIMIT}.`);
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

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { fast: 'flag', 'keep-going': 'flag' });
  const began = performance.now();
  const fast = options.fast === true;
  await step('Rust', ensureRust);
  await step('npm packages', ensurePackages);
  await step('cargo-nextest', ensureNextest);
  await step('tmux', ensureTmux);
  if (!fast) {
    await step('nightly Rust', ensureNightly);
    await step('worker tools', ensureWorkerTools);
    await step('Chromium', ensureChromium);
  }
  const { url, program } = await step('Postgres', openDatabase);
  const runner = new Runner(options['keep-going'] === true);
  try {
    await runAll(runner, { fast, databaseUrl: url });
  } finally {
    await program?.stop();
  }
  const time = duration(performance.now() - began);
  if (runner.failed.length > 0) throw new Problem(`${runner.failed.join(', ')} failed (${time}).`);
  console.log(`\n  everything passed in ${time}`);
});

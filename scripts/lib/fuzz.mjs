// Fuzzes `prox`: searches for input that causes a panic, a hang or a violated property, guided by code
// coverage. The targets are tests of crates below crates/local, which also run for a short time with random
// input; here they are built for libFuzzer.
//
//   ./scripts/fuzz [config|capture|kept] [--seconds N]
//
// Without a name, all targets run one after the other, each for N seconds (by default 60). Inputs that
// reach new code are kept in target/fuzz/corpus for the next run. A failing input is stored beside the
// seeds of the target, where the test runs it from then on: commit it with the fix.

import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { command, Problem, parseArgs } from './cli.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './steps.mjs';
import { ensureRust } from './tools.mjs';

/** @typedef {{ crate: string, test: string }} Target `crate` is a folder of crates/local */

/** @type {Record<string, Target>} */
const TARGETS = {
  config: { crate: 'config', test: 'fuzz::any_bytes' },
  capture: { crate: 'capture', test: 'fuzz::any_exchange' },
  kept: { crate: 'capture', test: 'fuzz::any_kept_file' },
};
const FOLDER = join(root, 'target', 'fuzz');
/** The timeout of one input, in seconds. */
const TIMEOUT = 10;

/** The flags of code coverage for libFuzzer, the same as those of cargo-bolero. */
const FLAGS = [
  '--cfg fuzzing --cfg fuzzing_libfuzzer -Cpasses=sancov-module',
  ...['inline-8bit-counters', 'level=4', 'pc-table', 'trace-compares', 'stack-depth'].map(
    (what) => `-Cllvm-args=-sanitizer-coverage-${what}`,
  ),
].join(' ');

/**
 * Builds the tests of a crate for libFuzzer. Returns the path of the program.
 * @param {string} crate
 * @param {import('./steps.mjs').Note} note
 */
async function build(crate, note) {
  // With an explicit target, build scripts and macros are built without the flags.
  const host = /host: (.+)/.exec(await run('rustc', ['-vV'], { cwd: root }))?.[1] ?? '';
  const what = ['--package', `prox-${crate}`, '--lib', '--profile', 'fuzz', '--target', host];
  const how = ['--target-dir', join(FOLDER, 'build'), '--message-format', 'json'];
  note('some minutes the first time');
  const output = await run('cargo', ['test', '--no-run', ...what, ...how], {
    cwd: root,
    env: { ...process.env, RUSTFLAGS: FLAGS, BOLERO_FUZZER: 'libfuzzer', CARGO_TERM_QUIET: 'true' },
  });
  const program = /"executable":"([^"]+)"/.exec(output)?.[1];
  if (!program) throw new Problem(`cargo built no tests of crates/local/${crate}.`);
  note('');
  return program;
}

/**
 * @param {string} program
 * @param {string} name
 * @param {number} seconds
 * @param {import('./steps.mjs').Note} note
 */
async function fuzz(program, name, seconds, note) {
  const { crate, test } = /** @type {Target} */ (TARGETS[name]);
  const cwd = join(root, 'crates', 'local', crate);
  const own = join(cwd, 'src', '__fuzz__', test.replaceAll('::', '__'));
  const places = [join(FOLDER, 'corpus', name), join(own, 'corpus'), join(own, 'crashes')];
  for (const place of places) mkdirSync(place, { recursive: true });
  // Relative paths, because libFuzzer splits its arguments at spaces.
  const [corpus, seeds, crashes] = places.map((place) => relative(cwd, place));
  const bounds = `-max_total_time=${seconds} -timeout=${TIMEOUT} -max_len=4000`;
  const led = `${corpus} ${seeds} -artifact_prefix=${crashes}/ ${bounds}`;
  await run(program, [test, '--exact', '--nocapture', '--test-threads', '1'], {
    cwd,
    env: { ...process.env, RUST_BACKTRACE: '0', BOLERO_LIBFUZZER_ARGS: led },
    onLine: (line) => /^#\d/.test(line) && note(line.split(/\s+/).slice(0, 8).join(' ')),
    keep: 100,
  });
}

command(import.meta.url, async (args) => {
  const { options, rest } = parseArgs(args, { seconds: 'value' });
  const seconds = Number(options.seconds ?? 60);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new Problem('--seconds takes a whole number from 1.');
  const unknown = rest.find((name) => !(name in TARGETS));
  if (unknown)
    throw new Problem(`There is no target ${unknown}. Known: ${Object.keys(TARGETS).join(', ')}.`);
  await step('Rust', ensureRust);
  /** @type {Map<string, string>} */
  const programs = new Map();
  for (const name of rest.length > 0 ? rest : Object.keys(TARGETS)) {
    const { crate } = /** @type {Target} */ (TARGETS[name]);
    const program =
      programs.get(crate) ?? (await step(`build ${crate}`, (note) => build(crate, note)));
    programs.set(crate, program);
    await step(name, (note) => fuzz(program, name, seconds, note));
  }
});

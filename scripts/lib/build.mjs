// Builds the workers, each only when something that goes into it changed.
//
//   ./scripts/build         release: optimized; into crates/platform/*/build/release
//   ./scripts/build --dev   fast to build, with development sign-in; into crates/platform/*/build/dev
//
// --watch builds again whenever Rust changes, and prints a line that begins with "ready" each time.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cargo } from './cargo.mjs';
import { command, explain, Problem, parseArgs } from './cli.mjs';
import { builtStamp, root } from './paths.mjs';
import { step, together } from './steps.mjs';
import {
  ensureNightly,
  ensurePackages,
  ensureRust,
  ensureWasmBindgen,
  NIGHTLY,
  nightlyToolchain,
  sharedBuildEnv,
} from './tools.mjs';
import { watchCrates } from './watch.mjs';
import { bundleWorker } from './worker-bundle.mjs';

/** @typedef {import('./steps.mjs').Note} Note */
/** @typedef {'dev' | 'release'} Profile */
/** @typedef {'worker' | 'public' | 'jobs' | 'edge'} Worker */

const TARGET = 'wasm32-unknown-unknown';
/**
 * In all builds a panic ends only one request, so that tests and development behave as production. This
 * needs a standard library with unwinding, and therefore a nightly compiler.
 */
const UNWIND = { args: ['-Z', 'build-std=std,panic_unwind'], rustflags: '-Cpanic=unwind' };
/** @type {Record<Profile, string[]>} */
const FLAGS = { dev: [], release: ['--release'] };
/** @type {Record<Worker, Record<Profile, string[]>>} */
const FEATURES = {
  worker: { dev: ['--features', 'prox-worker/dev'], release: [] },
  public: { dev: ['--features', 'prox-public/dev'], release: [] },
  jobs: { dev: ['--features', 'prox-jobs/dev'], release: [] },
  edge: { dev: [], release: [] },
};
/**
 * Flags that make a release smaller: no text of `{:?}`, no column and folder in the location of a panic,
 * and a standard library without backtraces.
 */
const SIZE_FLAGS = {
  RUSTFLAGS: `${UNWIND.rustflags} -Zfmt-debug=none -Zlocation-detail=file,line`,
  CARGO_UNSTABLE_BUILD_STD_FEATURES: 'panic-unwind',
  CARGO_UNSTABLE_TRIM_PATHS: 'true',
  CARGO_PROFILE_RELEASE_TRIM_PATHS: 'all',
};
/** Crates that are not part of a worker. */
const NOT_IN_WORKERS = ['testing'];

export const WORKERS = /** @type {const} */ (['worker', 'public', 'jobs', 'edge']);

/** How large a worker's wasm may be, in bytes after gzip: figure 12 of docs/benchmarks.md. */
export const WASM_LIMIT = 1_200_000;

/**
 * Compiles and bundles the workers that are not up to date.
 * @param {Profile} profile
 * @param {object} [options]
 * @param {(name: string, work: (note: Note) => Promise<void>) => Promise<void>} [options.runStep]
 * @param {Promise<unknown>} [options.bundlers] what is waited for between compiling and bundling:
 *   wasm-bindgen and the npm packages
 */
export async function buildWorkers(profile, { runStep = step, bundlers } = {}) {
  const inputs = inputsHash(profile);
  const stale = WORKERS.filter((worker) => !isBuilt(profile, worker, inputs));
  if (stale.length === 0) await runStep(`workers, ${profile}`, async (note) => note('up to date'));
  for (const group of profile === 'dev' ? [stale] : stale.map((worker) => [worker])) {
    if (group.length === 0) continue;
    let compiled = false;
    await runStep(`compile ${group.join(', ')}, ${profile}`, async (note) => {
      await compile(profile, group, note);
      note('waiting for the tools that bundle it');
      await bundlers;
      note('');
      compiled = true;
    });
    for (const worker of compiled ? group : [])
      await runStep(`bundle ${worker}, ${profile}`, (note) =>
        bundle(profile, worker, inputs, note),
      );
  }
}

/**
 * Compiles workers to wasm. Development builds share one run of cargo and its dependencies. A release
 * worker is compiled alone, so that it has only the features that it needs itself.
 * @param {Profile} profile
 * @param {readonly Worker[]} workers
 * @param {Note} note
 */
async function compile(profile, workers, note) {
  const toolchain = nightlyToolchain();
  if (!toolchain)
    throw new Problem(`The nightly Rust of ${NIGHTLY.date} is missing. Run ./scripts/build.`);
  const flags = profile === 'release' ? SIZE_FLAGS : { RUSTFLAGS: UNWIND.rustflags };
  const env = { ...sharedBuildEnv('workers'), RUSTUP_TOOLCHAIN: toolchain, ...flags };
  const what = workers.flatMap((worker) => ['--package', `prox-${worker}`]);
  const features = workers.flatMap((worker) => FEATURES[worker][profile]);
  const how = [...FLAGS[profile], ...features, ...UNWIND.args];
  const args = ['build', ...what, '--lib', '--target', TARGET, ...how];
  await cargo(args, { cwd: root, env, note, keep: 80 });
}

/**
 * Bundles a compiled worker for workerd.
 * @param {Profile} profile
 * @param {Worker} worker
 * @param {string} inputs the hash of what was compiled
 * @param {Note} note
 */
async function bundle(profile, worker, inputs, note) {
  const out = outputDir(profile, worker);
  const folder = profile === 'release' ? 'release' : 'debug';
  const compiled = join(sharedBuildEnv('workers').CARGO_TARGET_DIR, TARGET, folder);
  await bundleWorker({
    wasm: join(compiled, `prox_${worker}.wasm`),
    folder: join(root, 'crates', 'platform', worker),
    out,
    optimize: profile === 'release',
  });
  writeFileSync(join(out, '.inputs'), inputs);
  note(sizes(out));
}

/**
 * Whether the built worker is up to date with the checkout.
 * @param {Profile} profile
 * @param {Worker} worker
 * @param {string} [inputs]
 */
export function isBuilt(profile, worker, inputs = inputsHash(profile)) {
  const stamp = join(outputDir(profile, worker), '.inputs');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs;
}

/**
 * The folder of a built worker.
 * @param {Profile} profile
 * @param {Worker} worker
 */
export function outputDir(profile, worker) {
  return join(root, 'crates', 'platform', worker, 'build', profile);
}

/** @param {string} dir */
function sizes(dir) {
  const wasm = readFileSync(join(dir, 'index_bg.wasm'));
  const kilobytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1000)} kB`;
  return `wasm ${kilobytes(wasm.length)}, gzip ${kilobytes(gzipSync(wasm).length)}`;
}

/**
 * Hashes every file that can change the build.
 * @param {Profile} profile
 */
function inputsHash(profile) {
  const how = JSON.stringify([NIGHTLY, UNWIND, profile === 'release' && SIZE_FLAGS]);
  const hash = createHash('sha256').update(how);
  const files = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'].map((name) => join(root, name));
  for (const folder of ['platform', 'vendor']) {
    for (const crate of readdirSync(join(root, 'crates', folder))) {
      if (!NOT_IN_WORKERS.includes(crate))
        files.push(...filesBelow(join(root, 'crates', folder, crate)));
    }
  }
  for (const file of files)
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * @param {string} dir
 * @returns {string[]}
 */
function filesBelow(dir) {
  const skipped = ['build', 'target', 'tests', 'node_modules'];
  return readdirSync(dir)
    .filter((name) => !name.startsWith('.') && !skipped.includes(name))
    .sort()
    .flatMap((name) => {
      const path = join(dir, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

/**
 * Builds now and after every change, until the process gets a signal. The first build must succeed; when a
 * later one fails, the last successful one remains.
 * @param {Profile} profile
 */
async function watchWorkers(profile) {
  const build = async () => {
    await buildWorkers(profile);
    writeFileSync(builtStamp, inputsHash(profile));
    console.log('ready');
  };
  await build();
  watchCrates(() => build().catch((error) => console.error(`error: ${explain(error)}`)));
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { dev: 'flag', watch: 'flag' });
  const profile = options.dev ? 'dev' : 'release';
  if (options.watch) return watchWorkers(profile);
  await together(
    step('npm packages', ensurePackages),
    (async () => {
      await step('Rust', ensureRust);
      await step('nightly Rust', ensureNightly);
      await step('wasm-bindgen', ensureWasmBindgen);
    })(),
  );
  await buildWorkers(profile);
});

// Builds the two workers, each only when something that goes into it changed.
//
//   ./scripts/build         release: optimized; into crates/*/build/release
//   ./scripts/build --dev   fast to build, with development sign-in; into crates/*/build/dev
//
// --watch builds again whenever Rust changes, and says so on a line that begins with "ready".

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { command, explain, parseArgs } from './cli.mjs';
import { builtStamp, root, toolsDir } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './steps.mjs';
import {
  ensureNightly,
  ensurePackages,
  ensureRust,
  ensureWorkerTools,
  toolEnv,
  WORKER_BUILD,
} from './tools.mjs';
import { watchCrates } from './watch.mjs';

/** @typedef {import('./steps.mjs').Note} Note */
/** @typedef {'dev' | 'release'} Profile */
/** @typedef {'worker' | 'edge'} Worker */

/** @type {Record<Profile, string[]>} */
const FLAGS = {
  // A panic ends one request in all builds: tests and development see what production does.
  dev: ['--dev', '--panic-unwind'],
  release: ['--release', '--panic-unwind'],
};
/** @type {Record<Worker, Record<Profile, string[]>>} */
const FEATURES = {
  worker: { dev: ['--features', 'dev'], release: [] },
  edge: { dev: [], release: [] },
};
/**
 * What only a nightly compiler takes, and a release is smaller for (by 7 %): no text of `{:?}`, which
 * nobody reads there, no column of a panic beside its file and line, nor the folder that the file was
 * in here, and a standard library made for size, without what prints backtraces.
 */
const LEAN = {
  RUSTUP_TOOLCHAIN: 'nightly',
  RUSTFLAGS: '-Zfmt-debug=none -Zlocation-detail=file,line',
  CARGO_UNSTABLE_BUILD_STD_FEATURES: 'panic-unwind optimize_for_size',
  CARGO_UNSTABLE_TRIM_PATHS: 'true',
  CARGO_PROFILE_RELEASE_TRIM_PATHS: 'all',
};
/** Crates that go into no worker. */
const APART = ['testing'];

export const WORKERS = /** @type {const} */ (['worker', 'edge']);

/**
 * @param {Profile} profile
 * @param {Worker} worker
 * @param {Note} note
 */
export async function buildWorker(profile, worker, note) {
  const inputs = inputsHash(profile);
  if (isBuilt(profile, worker, inputs)) return note('up to date');
  const out = outputDir(profile, worker);
  rmSync(join(out, '.inputs'), { force: true });
  const args = [
    join('crates', 'platform', worker),
    ...FLAGS[profile],
    '--out-dir',
    `build/${profile}`,
    ...FEATURES[worker][profile],
  ];
  await run(join(toolsDir, 'bin', 'worker-build'), args, {
    cwd: root,
    env: profile === 'release' ? { ...toolEnv(), ...LEAN } : toolEnv(),
    onLine: (line) => note(line),
    keep: 80,
  });
  if (profile === 'release') await shrink(join(out, 'index_bg.wasm'));
  copyFileSync(join(root, 'crates', 'platform', worker, 'entry.js'), join(out, 'entry.js'));
  writeFileSync(join(out, '.inputs'), inputs);
  note(sizes(out));
}

/**
 * Takes the names of functions out, which worker-build keeps, and optimizes once more for size. With
 * the features that the module declares: with all of them, workerd would not know the result.
 * @param {string} wasm
 */
async function shrink(wasm) {
  const args = ['-Oz', '--strip-debug', '--strip-producers', wasm, '-o', wasm];
  await run('wasm-opt', args, { cwd: root, env: toolEnv() });
}

/**
 * Whether the built worker is made of what lies in the checkout now.
 * @param {Profile} profile
 * @param {Worker} worker
 * @param {string} [inputs]
 */
export function isBuilt(profile, worker, inputs = inputsHash(profile)) {
  const stamp = join(outputDir(profile, worker), '.inputs');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs;
}

/**
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
 * A hash over every file that can change the build.
 * @param {Profile} profile
 */
function inputsHash(profile) {
  const how = JSON.stringify([WORKER_BUILD, FLAGS[profile], profile === 'release' && LEAN]);
  const hash = createHash('sha256').update(how);
  const files = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'].map((name) => join(root, name));
  for (const folder of ['platform', 'vendor']) {
    for (const crate of readdirSync(join(root, 'crates', folder))) {
      if (!APART.includes(crate)) files.push(...filesBelow(join(root, 'crates', folder, crate)));
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
 * Builds now and after every change, until the process is told to end. The first build must succeed;
 * a later one that fails leaves what was built before it.
 * @param {Profile} profile
 */
async function watchWorkers(profile) {
  const build = async () => {
    for (const worker of WORKERS) {
      await step(`crates/platform/${worker}`, (note) => buildWorker(profile, worker, note));
    }
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
  await step('Rust', ensureRust);
  await step('nightly Rust', ensureNightly);
  await step('npm packages', ensurePackages);
  await step('worker tools', ensureWorkerTools);
  for (const worker of WORKERS) {
    await step(`crates/platform/${worker}`, (note) => buildWorker(profile, worker, note));
  }
});

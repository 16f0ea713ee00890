// Brings the tools that the repository needs, each pinned, each installed only when it is missing.
// Everything comes from crates.io, npm and rustup, and stays in .tools/ and node_modules/.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Problem } from './cli.mjs';
import { root, toolsDir } from './paths.mjs';
import { run } from './processes.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

export const WORKER_BUILD = '0.8.7';
const WASM = 'wasm32-unknown-unknown';
const bin = join(toolsDir, 'bin');

/**
 * The environment of everything that builds: local tools first, and worker-build's own downloads
 * replaced by pinned local ones.
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnv() {
  const npmBin = join(root, 'node_modules', '.bin');
  return {
    ...process.env,
    PATH: [bin, npmBin, process.env.PATH].join(delimiter),
    WASM_BINDGEN_BIN: join(bin, 'wasm-bindgen'),
    ESBUILD_BIN: join(npmBin, 'esbuild'),
    WASM_OPT_BIN: join(npmBin, 'wasm-opt'),
    // worker-build sets it for its own builds; without it, clippy would see other code.
    WASM_BINDGEN_USE_JS_SYS: '1',
  };
}

/**
 * The toolchain of rust-toolchain.toml with its wasm target.
 * @param {Note} note
 */
export async function ensureRust(note) {
  const text = readFileSync(join(root, 'rust-toolchain.toml'), 'utf8');
  const channel = /channel = "(.+)"/.exec(text)?.[1] ?? 'stable';
  if (!hasTarget(channel)) {
    note(`installing Rust ${channel}`);
    const parts = ['--component', 'rustfmt', '--component', 'clippy', '--target', WASM];
    await run('rustup', ['toolchain', 'install', channel, '--profile', 'minimal', ...parts]);
  }
  note(channel);
}

/**
 * A nightly with the standard library's source: release workers are built with unwinding panics.
 * @param {Note} note
 */
export async function ensureNightly(note) {
  const source = 'lib/rustlib/src/rust/library/std/Cargo.toml';
  const sysroot = output('rustc', ['+nightly', '--print', 'sysroot']);
  if (!sysroot || !existsSync(join(sysroot, source)) || !hasTarget('nightly')) {
    note('installing nightly Rust with its source');
    const parts = ['--component', 'rust-src', '--target', WASM];
    await run('rustup', ['toolchain', 'install', 'nightly', '--profile', 'minimal', ...parts]);
  }
  note(/\((.+)\)/.exec(output('rustc', ['+nightly', '--version']))?.[1] ?? 'nightly');
}

/**
 * worker-build, and the wasm-bindgen of the same version as the library in Cargo.lock.
 * @param {Note} note
 */
export async function ensureWorkerTools(note) {
  const bindgen = lockedVersion('wasm-bindgen');
  await ensureCrate('worker-build', WORKER_BUILD, ['--version'], note);
  // Without --locked: its own lock file can name versions that were withdrawn.
  await ensureCrate('wasm-bindgen-cli', bindgen, ['--version'], note, 'wasm-bindgen');
  note(`worker-build ${WORKER_BUILD}, wasm-bindgen ${bindgen}`);
}

/**
 * cargo-nextest: the one on the PATH when there is one.
 * @param {Note} note
 */
export async function ensureNextest(note) {
  const env = toolEnv();
  if (!output('cargo-nextest', ['nextest', '--version'], env)) {
    await needCompiler();
    note('installing cargo-nextest (a few minutes, once)');
    await run('cargo', ['install', 'cargo-nextest', '--locked', '--root', toolsDir], { cwd: root });
  }
  note(output('cargo-nextest', ['nextest', '--version'], env).split(' ')[1] ?? '');
}

/**
 * `npm ci` when what is installed is not what package-lock.json says.
 * @param {Note} note
 */
export async function ensurePackages(note) {
  if (packagesAreCurrent()) return note('up to date');
  note('npm ci');
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  note('installed');
}

/**
 * Whether what package-lock.json names is installed. npm's own list is not enough: a copy of the
 * root's node_modules brings that list, and not what lies in the workspaces' own.
 * @param {string} [checkout]
 */
export function packagesAreCurrent(checkout = root) {
  const installedFile = join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    // Other platforms' optional packages are never there.
    const found = installed[path];
    if (!path.includes('node_modules/') || (optional && !found)) return true;
    const listed = found !== undefined && (link || found.version === version);
    return listed && existsSync(join(checkout, path));
  });
}

/**
 * @param {string} crate
 * @param {string} version
 * @param {string[]} ask arguments that make the program print its version
 * @param {Note} note
 * @param {string} [program] when it is not called like the crate
 */
async function ensureCrate(crate, version, ask, note, program = crate) {
  if (output(join(bin, program), ask).split(' ').at(-1) === version) return;
  await needCompiler();
  note(`installing ${crate} ${version} (a few minutes, once)`);
  await run('cargo', ['install', `${crate}@${version}`, '--root', toolsDir, '--force'], {
    cwd: root,
  });
}

/** What cargo needs beyond Rust itself. Asked only before something is installed. */
async function needCompiler() {
  const mac = process.platform === 'darwin';
  if (!output('cc', ['--version'])) {
    const how = mac ? 'xcode-select --install' : 'sudo apt-get install build-essential';
    throw new Problem(`A C compiler is missing; Rust links with it. Install it: ${how}`);
  }
  if (!mac && !output('pkg-config', ['--modversion', 'openssl'])) {
    throw new Problem(
      'OpenSSL’s headers are missing; worker-build links with them. Install them: sudo apt-get install pkg-config libssl-dev',
    );
  }
}

/**
 * @param {string} name a package in Cargo.lock
 * @returns {string}
 */
function lockedVersion(name) {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const version = new RegExp(`name = "${name}"\nversion = "(.+)"`).exec(lock)?.[1];
  if (!version)
    throw new Problem(
      `Cargo.lock names no ${name}. Run \`cargo generate-lockfile\`, then run this again.`,
    );
  return version;
}

/** @param {string} toolchain */
function hasTarget(toolchain) {
  const libraries = output('rustc', [
    `+${toolchain}`,
    '--print',
    'target-libdir',
    '--target',
    WASM,
  ]);
  return libraries !== '' && existsSync(libraries);
}

/**
 * What a program prints, or nothing when it is missing or fails.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function output(program, args, env = process.env) {
  try {
    // A missing toolchain is installed by us, with what it needs, not by a proxy in passing.
    const quiet = { ...env, RUSTUP_AUTO_INSTALL: '0' };
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: quiet,
    }).trim();
  } catch {
    return '';
  }
}

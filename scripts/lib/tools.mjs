// Installs the tools that the repository needs, each pinned, each only when it is missing.
// Everything comes from crates.io, npm and rustup. Tools are kept per user and version, outside of the
// checkout, so that a second clone finds them; npm packages are in node_modules.

import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cargo } from './cargo.mjs';
import { Problem } from './cli.mjs';
import { root, sharedBuildDir, toolsDir } from './paths.mjs';
import { run } from './processes.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

/**
 * The nightly that compiles the workers, and the commit that its `rustc --version` names. The only
 * place that pins it.
 */
export const NIGHTLY = { date: '2026-05-20', commit: 'e50aa6fba' };
const NEXTEST = '0.9.151';
const WASM = 'wasm32-unknown-unknown';

/**
 * The environment of everything that builds: our tools and npm's first.
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnv() {
  const own = [binOf('cargo-nextest', NEXTEST), join(root, 'node_modules', '.bin')];
  return {
    ...process.env,
    PATH: [...own, process.env.PATH].join(delimiter),
    // The macros of wasm-bindgen read it: the workers use the futures of js-sys. It is set everywhere,
    // because clippy would check other code without it.
    WASM_BINDGEN_USE_JS_SYS: '1',
  };
}

/**
 * The environment of cargo builds whose dependencies all checkouts share. The crates of a checkout have its
 * path in their fingerprints, so that checkouts do not affect each other.
 * @param {'native' | 'workers'} kind each has a folder of its own, and cargo locks a folder: two
 *   kinds compile side by side
 */
export function sharedBuildEnv(kind) {
  return {
    ...toolEnv(),
    CARGO_TARGET_DIR: kind === 'workers' ? join(root, 'target', 'workers') : join(root, 'target'),
    CARGO_BUILD_BUILD_DIR: join(sharedBuildDir, kind),
    // For backtraces only, which the `prox` that runs development does not print.
    ...(kind === 'native' ? { CARGO_PROFILE_DEV_DEBUG: 'none' } : {}),
  };
}

/**
 * Installs the toolchain of rust-toolchain.toml with its wasm target.
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
 * Installs the pinned nightly with the standard library's source, which is compiled into the workers.
 * @param {Note} note
 */
export async function ensureNightly(note) {
  const found = nightlyToolchain();
  const name = found ?? `nightly-${NIGHTLY.date}`;
  const source = 'lib/rustlib/src/rust/library/std/Cargo.toml';
  const sysroot = found && output('rustc', [`+${name}`, '--print', 'sysroot']);
  if (!sysroot || !existsSync(join(sysroot, source)) || !hasTarget(name)) {
    note(`installing Rust ${name} with its source`);
    const parts = ['--component', 'rust-src', '--target', WASM];
    // A plain `nightly` that is the right one must not be updated: only its parts are added.
    await (found
      ? addParts(name)
      : run('rustup', ['toolchain', 'install', name, '--profile', 'minimal', ...parts]));
  }
  note(name === 'nightly' ? `nightly, of ${NIGHTLY.date}` : name);
}

/** @param {string} toolchain */
async function addParts(toolchain) {
  await run('rustup', ['component', 'add', 'rust-src', '--toolchain', toolchain]);
  await run('rustup', ['target', 'add', WASM, '--toolchain', toolchain]);
}

/**
 * The name under which rustup has the pinned nightly: by its date, or as `nightly` when that is of
 * the same commit.
 * @param {(toolchain: string) => string} [version] prints `rustc --version`, or nothing
 * @returns {string | undefined}
 */
export function nightlyToolchain(version = (name) => output('rustc', [`+${name}`, '--version'])) {
  return [`nightly-${NIGHTLY.date}`, 'nightly'].find((name) =>
    version(name).includes(`(${NIGHTLY.commit} `),
  );
}

/**
 * Installs wasm-bindgen in the version of the library in Cargo.lock, unless it is on the PATH. Compiled
 * is not the command of that name, but scripts/wasm-bindgen, with a third of its dependencies.
 * @param {Note} note
 */
export async function ensureWasmBindgen(note) {
  const version = lockedVersion('wasm-bindgen');
  if (!wasmBindgen(version)) {
    const source = ['--path', join(root, 'scripts', 'wasm-bindgen'), '--locked'];
    await install('wasm-bindgen', version, note, { prebuilt: 'wasm-bindgen-cli', source });
  }
  note(version);
}

/**
 * The wasm-bindgen to run: the one on the PATH when it has the right version, else our own.
 * @param {string} [version]
 * @returns {string | undefined} nothing when it is not installed
 */
export function wasmBindgen(version = lockedVersion('wasm-bindgen')) {
  const own = join(binOf('wasm-bindgen', version), 'wasm-bindgen');
  return ['wasm-bindgen', own].find((program) => hasVersion(program, ['--version'], version));
}

/**
 * Installs cargo-nextest, unless one of any version is on the PATH.
 * @param {Note} note
 */
export async function ensureNextest(note) {
  const version = () =>
    /\d+\.\d+\.\d+/.exec(output('cargo-nextest', ['nextest', '--version'], toolEnv()));
  if (!version()) {
    // Without its updates of itself, and so without TLS. It insists on its own lock file.
    const source = [`cargo-nextest@${NEXTEST}`, '--no-default-features', '--locked'];
    await install('cargo-nextest', NEXTEST, note, { prebuilt: 'cargo-nextest', source });
  }
  note(version()?.[0] ?? '');
}

/**
 * Runs `npm ci` when what is installed is not what package-lock.json says.
 * @param {Note} note
 */
export async function ensurePackages(note) {
  if (packagesAreCurrent()) return note('up to date');
  refuseLink(join(root, 'node_modules'));
  note('npm ci');
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  note('installed');
}

/**
 * `npm ci` empties the folder before it installs. Where several worktrees share one by a link, that
 * would take the packages from all of them.
 * @param {string} folder
 */
export function refuseLink(folder) {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const real = realpathSync(folder);
  throw new Problem(
    `${folder} is a link, and the packages in ${real} are not those of package-lock.json. Run \`npm ci\` where they are, or remove the link, then run this again.`,
  );
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
 * Installs a Rust program: prebuilt when cargo-binstall is there and finds one, else compiled.
 * @param {string} name of the program
 * @param {string} version
 * @param {Note} note
 * @param {{ prebuilt: string, source: string[] }} options `prebuilt` is the crate that cargo-binstall
 *   looks for, `source` what `cargo install` compiles
 */
async function install(name, version, note, { prebuilt, source }) {
  const dir = join(toolsDir, `${name}-${version}`);
  if (output('cargo-binstall', ['-V'])) {
    note(`looking for a prebuilt ${name} ${version}`);
    const how = ['binstall', '--no-confirm', '--disable-strategies', 'compile', '--root', dir];
    const done = await run('cargo', [...how, `${prebuilt}@${version}`]).catch(() => undefined);
    if (done !== undefined && existsSync(join(dir, 'bin', name))) return;
  }
  needCompiler();
  note(`compiling ${name} ${version} (a minute or two, once)`);
  const build = `${dir}.build`;
  const env = {
    ...process.env,
    CARGO_TARGET_DIR: build,
    // These programs run for seconds: less optimization takes less time altogether.
    CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
    CARGO_PROFILE_RELEASE_LTO: 'off',
  };
  await cargo(['install', ...source, '--root', dir, '--force'], { env, note });
  rmSync(build, { recursive: true, force: true });
}

/** Rust links with a C compiler. Checked only before something is installed. */
function needCompiler() {
  if (output('cc', ['--version'])) return;
  const mac = process.platform === 'darwin';
  const how = mac ? 'xcode-select --install' : 'sudo apt-get install build-essential';
  throw new Problem(`A C compiler is missing; Rust links with it. Install it: ${how}`);
}

/**
 * @param {string} name of a package in Cargo.lock
 * @returns {string}
 */
export function lockedVersion(name) {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const version = new RegExp(`name = "${name}"\nversion = "(.+)"`).exec(lock)?.[1];
  if (!version)
    throw new Problem(
      `Cargo.lock names no ${name}. Run \`cargo generate-lockfile\`, then run this again.`,
    );
  return version;
}

/**
 * @param {string} name
 * @param {string} version
 */
function binOf(name, version) {
  return join(toolsDir, `${name}-${version}`, 'bin');
}

/**
 * @param {string} program
 * @param {string[]} args that make it print its version as the last word
 * @param {string} version
 */
function hasVersion(program, args, version) {
  return output(program, args).split(' ').at(-1) === version;
}

/** @param {string} toolchain */
function hasTarget(toolchain) {
  const what = [`+${toolchain}`, '--print', 'target-libdir', '--target', WASM];
  const libraries = output('rustc', what);
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
    // Missing toolchains are installed above, with their parts, never by rustup's proxies.
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

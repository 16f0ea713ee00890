// Turns a compiled worker (wasm of cargo) into the module that workerd runs: wasm-bindgen writes its
// bindings, and esbuild makes one file of them, the JavaScript beside the worker's Cargo.toml and
// that of crates/platform/runtime.
//
// worker-build would do the same (docs/decisions/0018): that program takes minutes to compile, links with
// OpenSSL, and knows no other nightly than `nightly`.

import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from './cli.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { toolEnv, wasmBindgen } from './tools.mjs';

/**
 * Writes `entry.js` and `index_bg.wasm` into `out`. The folder is replaced at the end, so a failure leaves
 * the previous content.
 * @param {{ wasm: string, folder: string, out: string, optimize: boolean }} options `wasm` is cargo's
 *   output, `folder` has the worker's own JavaScript
 */
export async function bundleWorker({ wasm, folder, out, optimize }) {
  const partial = `${out}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await bind(wasm, partial, optimize);
  if (optimize) await shrink(join(partial, 'index_bg.wasm'));
  for (const from of [join(root, 'crates', 'platform', 'runtime'), folder]) {
    const own = readdirSync(from).filter((name) => name.endsWith('.js'));
    for (const name of own) copyFileSync(join(from, name), join(partial, name));
  }
  await bundle(partial);
  rmSync(out, { recursive: true, force: true });
  renameSync(partial, out);
}

/**
 * @param {string} wasm
 * @param {string} out
 * @param {boolean} optimize
 */
async function bind(wasm, out, optimize) {
  const program = wasmBindgen();
  if (!program)
    throw new Problem('wasm-bindgen is missing. Run ./scripts/build, which installs it.');
  const args = [
    wasm,
    '--out-dir',
    out,
    '--out-name',
    'index',
    '--target',
    'module',
    '--no-typescript',
  ];
  // Both are needed: a worker that aborts nevertheless is reset by the next request instead of staying
  // broken.
  const recovery = ['--experimental-reset-state-function', '--force-enable-abort-handler'];
  await run(program, [...args, ...recovery, ...(optimize ? [] : ['--debug'])], {
    cwd: root,
    keep: 80,
  });
}

/**
 * Optimizes, and removes the names of functions. Uses only the wasm features of rustc's output, because
 * workerd does not support all of them.
 * @param {string} wasm
 */
async function shrink(wasm) {
  const features = [
    ...['mutable-globals', 'sign-ext', 'nontrapping-float-to-int', 'bulk-memory'],
    ...['multivalue', 'reference-types', 'exception-handling'],
  ].map((feature) => `--enable-${feature}`);
  const args = ['-O2', ...features, '--strip-debug', '--strip-producers'];
  await run('wasm-opt', [wasm, '-o', wasm, ...args], { cwd: root, env: toolEnv() });
}

/**
 * Bundles `entry.js` and its imports into one file; the wasm remains beside it.
 * @param {string} folder
 */
async function bundle(folder) {
  const args = [
    '--external:./index_bg.wasm',
    '--external:cloudflare:*',
    '--format=esm',
    '--bundle',
  ];
  await run(
    'esbuild',
    [...args, './entry.js', '--outfile=entry.js', '--allow-overwrite', '--minify'],
    { cwd: folder, env: toolEnv() },
  );
  const entry = join(folder, 'entry.js');
  // workerd imports wasm modules directly, and does not know the keyword of the proposal.
  writeFileSync(entry, readFileSync(entry, 'utf8').replaceAll('import source ', 'import '));
  for (const name of readdirSync(folder)) {
    if (name !== 'entry.js' && name !== 'index_bg.wasm') {
      rmSync(join(folder, name), { recursive: true });
    }
  }
}

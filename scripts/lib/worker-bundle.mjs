// Turns a compiled worker (wasm of cargo) into the module that workerd runs: bindings by wasm-bindgen,
// the entry class of workers-rs around them, one file by esbuild.
//
// These are the steps of worker-build 0.8.7 (docs/decisions/0018): that program takes minutes to
// compile, links with OpenSSL, and knows no other nightly than `nightly`. worker-shim.js is its
// template and follows the version of the `worker` crate.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
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

/** The version of workers-rs whose template worker-shim.js is. */
export const WORKER_SHIM = '0.8.7';
const SHIM = join(root, 'scripts', 'lib', 'worker-shim.js');
/** Exports of wasm-bindgen's module that are no handlers. */
const SYSTEM = ['__wbg_reset_state', '__worker_init_state'];
/** Handlers that the runtime calls with an event; Rust takes the environment and the context, too. */
const EVENTS = ['fetch', 'queue', 'scheduled', 'email', 'connect'];

/**
 * Writes `index.js`, `index_bg.wasm` and `entry.js` into `out`. The folder is replaced at the end, so
 * that a failure leaves what was there.
 * @param {{ wasm: string, entry: string, out: string, optimize: boolean }} options `wasm` is cargo's
 *   output, `entry` the file that becomes `entry.js`
 */
export async function bundleWorker({ wasm, entry, out, optimize }) {
  const partial = `${out}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  await bind(wasm, partial, optimize);
  if (optimize) await shrink(join(partial, 'index_bg.wasm'));
  const bound = readFileSync(join(partial, 'index.js'), 'utf8');
  writeFileSync(join(partial, 'shim.js'), shim(readFileSync(SHIM, 'utf8'), bound));
  await bundle(partial);
  copyFileSync(entry, join(partial, 'entry.js'));
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
  // Both: a worker that aborted all the same is reset by the next request instead of staying broken.
  const recovery = ['--experimental-reset-state-function', '--force-enable-abort-handler'];
  await run(program, [...args, ...recovery, ...(optimize ? [] : ['--debug'])], {
    cwd: root,
    keep: 80,
  });
}

/**
 * Optimizes, then takes the names of functions out and optimizes once more for size. With the features
 * that rustc's output has: with all of them, workerd would not know the result.
 * @param {string} wasm
 */
async function shrink(wasm) {
  const features = [
    ...['mutable-globals', 'sign-ext', 'nontrapping-float-to-int', 'bulk-memory'],
    ...['multivalue', 'reference-types', 'exception-handling'],
  ].map((feature) => `--enable-${feature}`);
  const options = { cwd: root, env: toolEnv() };
  await run('wasm-opt', [wasm, '-o', wasm, '-O', ...features, '--debuginfo'], options);
  await run('wasm-opt', ['-Oz', '--strip-debug', '--strip-producers', wasm, '-o', wasm], options);
}

/**
 * One file from the template and what it imports; the wasm stays beside it.
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
    [...args, './shim.js', '--outfile=index.js', '--allow-overwrite', '--minify'],
    {
      cwd: folder,
      env: toolEnv(),
    },
  );
  const index = join(folder, 'index.js');
  // workerd imports a wasm module as it is; the keyword of the proposal is unknown to it.
  writeFileSync(index, readFileSync(index, 'utf8').replaceAll('import source ', 'import '));
  rmSync(join(folder, 'shim.js'));
  if (existsSync(join(folder, 'snippets'))) rmSync(join(folder, 'snippets'), { recursive: true });
}

/**
 * The template with the worker's handlers and classes.
 * @param {string} template
 * @param {string} bound wasm-bindgen's module
 * @returns {string}
 */
export function shim(template, bound) {
  const { functions, classes } = exportsOf(bound);
  const handlers = functions
    .filter((name) => !SYSTEM.includes(name))
    .map((name) =>
      EVENTS.includes(name)
        ? `Entrypoint.prototype.${name} = function ${name} (arg) {\n  return exports.${name}.call(this, arg, this.env, this.ctx);\n}\n`
        : `Entrypoint.prototype.${name} = exports.${name};\n`,
    );
  const wrapped = classes.map(
    (name) => `export const ${name} = new Proxy(exports.${name}, classProxyHooks);\n`,
  );
  return [template.replace('$HANDLERS', () => handlers.join('')), ...wrapped].join('');
}

/**
 * The names that a module of wasm-bindgen exports.
 * @param {string} module
 * @returns {{ functions: string[], classes: string[] }}
 */
export function exportsOf(module) {
  const declared = [...module.matchAll(/^export (?:async )?function (\w+)/gm)];
  const renamed = [...module.matchAll(/^export \{ ?\w+ as (\w+) ?\}/gm)];
  const classes = [...module.matchAll(/^export class (\w+)/gm)];
  const names = (/** @type {RegExpMatchArray[]} */ found) => found.map(([, name = '']) => name);
  return { functions: names([...declared, ...renamed]), classes: names(classes) };
}

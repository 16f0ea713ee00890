// What ./scripts/test runs, as a list. Runs nothing itself.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKERS } from './build.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string[]} command program and arguments, run at the root of the checkout
 * @property {boolean} [database] whether it needs DATABASE_URL, the same as TEST_DATABASE_URL
 */

/** Without the workers, whose features would switch the others' to wasm. */
const NATIVE = ['--workspace', '--exclude', 'prox-worker', '--exclude', 'prox-edge'];

/**
 * Checks that need no built workers.
 * @returns {Check[]}
 */
export function fastChecks() {
  return [
    { name: 'cargo fmt', command: ['cargo', 'fmt', '--all', '--check'] },
    { name: 'clippy', command: clippy(...NATIVE, '--all-targets') },
    ...WORKERS.map((crate) => ({ name: `clippy, ${crate} in wasm`, command: wasmClippy(crate) })),
    {
      name: 'clippy, worker for dev',
      command: wasmClippy('worker', '--features', 'dev'),
    },
    { name: 'Biome', command: ['npx', 'biome', 'ci', '--colors=off', '.'] },
    { name: 'scripts, types', command: ['npx', 'tsc', '--project', 'scripts/tsconfig.json'] },
    ...workspaceChecks('typecheck', ['site', 'tests']),
    { name: 'scripts', command: ['node', '--test', ...scriptTests()], database: true },
    { name: 'Rust tests', command: ['cargo', 'nextest', 'run', ...NATIVE], database: true },
    ...workspaceChecks('test', ['site']),
  ];
}

/**
 * Checks over the built workers, the built shell, and `prox` built for use.
 * @returns {Check[]}
 */
export function builtChecks() {
  return [
    { name: 'prox, as it is used', command: ['cargo', 'build', '--profile', 'prox', '-p', 'prox-cli'] },
    { name: 'prox budgets', command: ['node', 'tests/bench/budgets.mjs'] },
    ...workspaceChecks('build', ['site']),
    ...workspaceChecks('size', ['site']),
    ...workspaceChecks('test', ['tests']),
    { name: 'deployment, dry', command: ['./scripts/deploy', '--dry-run'] },
  ];
}

/** By name, because Node 20 and 22 take a folder differently. */
function scriptTests() {
  const names = readdirSync(join(root, 'scripts', 'tests'));
  return names.filter((name) => name.endsWith('.test.mjs')).map((name) => `scripts/tests/${name}`);
}

/** @param {string[]} what */
function clippy(...what) {
  return ['cargo', 'clippy', ...what, '--', '-D', 'warnings'];
}

/**
 * @param {string} crate
 * @param {string[]} features
 */
function wasmClippy(crate, ...features) {
  const manifest = ['--manifest-path', `crates/platform/${crate}/Cargo.toml`];
  return clippy(...manifest, '--target', 'wasm32-unknown-unknown', ...features);
}

/**
 * The same npm script of every workspace that has it.
 * @param {string} script
 * @param {string[]} folders
 * @returns {Check[]}
 */
function workspaceChecks(script, folders) {
  return folders.flatMap(workspacesIn).flatMap((workspace) => {
    const manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'));
    if (!manifest.scripts?.[script]) return [];
    const command = ['npm', 'run', script, '--workspace', workspace];
    return [{ name: `${workspace}, ${script}`, command, database: script === 'test' }];
  });
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function workspacesIn(folder) {
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .sort();
}

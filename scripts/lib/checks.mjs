// The lists of checks that ./scripts/test runs. Runs nothing itself.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WORKERS } from './build.mjs';
import { affectsProgram, readManifest, readWorkspaces, WORKER_CRATES } from './changes.mjs';
import { spectral } from './contract-tools.mjs';
import { root } from './paths.mjs';
import { sharedBuildEnv } from './tools.mjs';

/** @typedef {import('./changes.mjs').Affected} Affected */
/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string[]} command program and arguments, run at the root of the checkout
 * @property {boolean} [database] whether it needs DATABASE_URL, the same as TEST_DATABASE_URL
 * @property {NodeJS.ProcessEnv} [env] besides that of the scripts
 */

/**
 * Checks that lint and compile native code. They can run in parallel with those of `lint`.
 * @param {Affected} affected
 * @param {{ fast: boolean }} options
 * @returns {Check[]}
 */
export function compileNative(affected, { fast }) {
  const crates = nativeCrates(affected);
  const program = affectsProgram(affected) && !fast;
  return [
    { name: 'cargo fmt', command: ['cargo', 'fmt', '--all', '--check'] },
    ...only(crates.length > 0, [
      { name: 'clippy', command: clippy(...packages(crates), '--all-targets') },
      {
        name: 'Rust tests, compiled',
        command: ['cargo', 'nextest', 'run', '--no-run', ...packages(crates)],
      },
    ]),
    ...only(program, [
      {
        name: 'prox, optimized',
        command: ['cargo', 'build', '--profile', 'prox', '-p', 'prox-cli'],
      },
    ]),
  ];
}

/**
 * Checks of JavaScript, and of the workers' Rust in a build folder of its own.
 * @param {Affected} affected
 * @returns {Check[]}
 */
export function lint(affected) {
  // Cargo locks a build folder. With a folder of their own, these checks do not wait for the native ones.
  const env = sharedBuildEnv('workers');
  return [
    { name: 'Biome', command: ['npx', 'biome', 'ci', '--colors=off', '.'] },
    { name: 'scripts, types', command: ['npx', 'tsc', '--project', 'scripts/tsconfig.json'] },
    ...workspaceChecks('typecheck', affected),
    ...workspaceChecks('generate:check', affected),
    ...only(affected.crates.has('prox-api'), [
      {
        name: 'contract, valid OpenAPI',
        command: ['npx', 'redocly', 'lint', 'crates/platform/api/openapi.json'],
        env: { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
      {
        name: 'contract, Spectral',
        command: [
          ...[spectral(), 'lint', '--ruleset', 'spectral.yaml', '--fail-severity', 'warn'],
          'crates/platform/api/openapi.json',
        ],
      },
    ]),
    ...only(affected.workers, [
      ...WORKERS.map((crate) => ({
        name: `clippy, ${crate} in wasm`,
        command: wasmClippy(crate),
        env,
      })),
      { name: 'clippy, worker for dev', command: wasmClippy('worker', '--features', 'dev'), env },
    ]),
  ];
}

/**
 * Builds the shell, and checks the size of its bundles.
 * @param {Affected} affected
 * @returns {Check[]}
 */
export function bundles(affected) {
  return [...workspaceChecks('build', affected), ...workspaceChecks('size', affected)];
}

/**
 * Tests that need no built workers.
 * @param {Affected} affected
 * @returns {Check[]}
 */
export function fastTests(affected) {
  const crates = nativeCrates(affected);
  return [
    ...only(affected.scripts, [
      { name: 'scripts', command: ['node', '--test', ...scriptTests()], database: true },
    ]),
    ...only(crates.length > 0, [
      {
        name: 'Rust tests',
        command: ['cargo', 'nextest', 'run', ...packages(crates)],
        database: true,
      },
    ]),
    ...workspaceChecks('test', affected, (folder) => !folder.startsWith('tests/')),
  ];
}

/**
 * Tests over the built workers, the built shell, and `prox` built for use.
 * @param {Affected} affected
 * @returns {Check[]}
 */
export function builtTests(affected) {
  return [
    ...only(affectsProgram(affected), [
      { name: 'prox budgets', command: ['node', 'tests/bench/budgets.mjs'] },
    ]),
    ...workspaceChecks('test', affected, (folder) => folder.startsWith('tests/')),
    ...only(affected.workers, [
      { name: 'deployment, dry', command: ['./scripts/deploy', '--dry-run'] },
    ]),
  ];
}

/**
 * All crates except for those of the workers, which are built for wasm only: in a common build their features
 * would switch their dependencies to wasm.
 * @param {Affected} affected
 */
function nativeCrates({ crates }) {
  return [...crates].filter((name) => !WORKER_CRATES.includes(name)).sort();
}

/** @param {string[]} crates */
function packages(crates) {
  return crates.flatMap((name) => ['--package', name]);
}

/** The files by name, because not every version of Node accepts a folder. */
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
 * The same npm script of every affected workspace that has it.
 * @param {string} script
 * @param {Affected} affected
 * @param {(folder: string) => boolean} [wanted]
 * @returns {Check[]}
 */
function workspaceChecks(script, affected, wanted = () => true) {
  return readWorkspaces()
    .filter(({ folder }) => affected.workspaces.has(folder) && wanted(folder))
    .filter(({ folder }) => readManifest(folder).scripts?.[script])
    .map(({ folder }) => ({
      name: `${folder}, ${script}`,
      command: ['npm', 'run', script, '--workspace', folder],
      database: script === 'test',
    }));
}

/**
 * @param {boolean} condition
 * @param {Check[]} checks
 */
function only(condition, checks) {
  return condition ? checks : [];
}

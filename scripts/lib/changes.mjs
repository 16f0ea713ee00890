// Finds the parts of the repository that a change can break, for `./scripts/test --changed`. A file without
// a rule affects all parts.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {object} Graph the dependencies between crates and between workspaces
 * @property {{ name: string, folder: string, dependencies: string[] }[]} crates of the workspace;
 *   `folder` relative to the root, development dependencies included
 * @property {{ name: string, folder: string, dependencies: string[] }[]} workspaces of npm
 */
/**
 * @typedef {object} Affected
 * @property {Set<string>} crates by name, with all that depend on a changed one
 * @property {Set<string>} workspaces by folder, with all that depend on a changed one
 * @property {boolean} scripts the scripts and the harness
 * @property {boolean} workers the built workers, and the tests that run on them
 */

/** The crates that are built for workerd. Every crate of the edge application is below them. */
export const WORKER_CRATES = [
  'prox-worker',
  'prox-public',
  'prox-jobs',
  'prox-edge',
  'prox-runtime',
];
const CLI_CRATE = 'prox-cli';
const BROWSER = 'tests/e2e';
const SHELL = 'site/shell';

/** The style sheets of the shell that the public pages embed. */
const EMBEDDED = /^(packages\/art\/css|site\/shell\/src\/styles)\//;

/** @typedef {'none' | 'all' | 'crates' | 'workspaces' | 'scripts' | 'workers' | string} Part a part, or `crate:` or `workspace:` with a name */

/**
 * The parts of a file. The first rule that matches applies; files of a crate or a workspace are looked up
 * in the graph before.
 * @type {[RegExp, Part[]][]}
 */
const RULES = [
  [/^(Cargo\.(toml|lock)|rust-toolchain\.toml|clippy\.toml|deny\.toml|\.cargo\/.*)$/, ['crates']],
  [
    /^(package(-lock)?\.json|tsconfig\.base\.json|biome\.json)$/,
    ['workspaces', 'scripts', 'workers'],
  ],
  [/^migrations\/README\.md$/, ['none']],
  // The databases of native tests and of the workers' tests are created from the migrations.
  [/^migrations\//, ['crate:prox-db', 'crate:prox-testing', 'scripts', 'workers']],
  [/^tests\/harness\//, ['workspaces', 'scripts', 'workers']],
  [/^tests\/fixtures\//, ['all']],
  [/^wrangler\.toml$|^\.dev\.vars\.example$/, ['scripts', 'workers']],
  [
    /^scripts\/(wasm-bindgen\/|lib\/(build|worker-bundle|tools|cargo)\.mjs$)/,
    ['scripts', 'workers'],
  ],
  // The linters of the contract, and the generators of its clients.
  [
    /^(redocly|spectral)\.yaml$|^scripts\/(contract\/|lib\/contract-tools\.mjs$)/,
    ['crate:prox-api', 'scripts'],
  ],
  [/^scripts\/|^prox\.yaml$/, ['scripts']],
  [/^(docs|findings|\.ci|\.github)\/|^[^/]+\.md$|^LICENSE$|^\.(gitignore|editorconfig)$/, ['none']],
];

/**
 * Maps changed files to the parts that they can break.
 * @param {string[]} files relative to the root
 * @param {Graph} graph
 * @returns {Affected}
 */
export function affected(files, graph) {
  const parts = new Set(files.flatMap((file) => partsOf(file, graph)));
  if (parts.has('all')) return everything(graph);
  const named = (/** @type {string} */ kind) =>
    [...parts]
      .filter((part) => part.startsWith(`${kind}:`))
      .map((part) => part.slice(kind.length + 1));
  const crates = parts.has('crates')
    ? new Set(graph.crates.map(({ name }) => name))
    : dependents(graph.crates, named('crate'));
  const workers = parts.has('workers') || WORKER_CRATES.some((name) => crates.has(name));
  const direct = parts.has('workspaces')
    ? graph.workspaces.map(({ name }) => name)
    : named('workspace');
  const workspaces = folders(graph, dependents(graph.workspaces, direct));
  if (workers)
    for (const { folder } of graph.workspaces)
      if (folder.startsWith('tests/')) workspaces.add(folder);
  if (workspaces.has(SHELL)) workspaces.add(BROWSER);
  return { crates, workspaces, scripts: parts.has('scripts'), workers };
}

/**
 * All parts.
 * @param {Graph} graph
 * @returns {Affected}
 */
export function everything(graph) {
  return {
    crates: new Set(graph.crates.map(({ name }) => name)),
    workspaces: new Set(graph.workspaces.map(({ folder }) => folder)),
    scripts: true,
    workers: true,
  };
}

/**
 * Whether the `prox` program is affected.
 * @param {Affected} what
 */
export function affectsProgram(what) {
  return what.crates.has(CLI_CRATE);
}

/**
 * @param {string} file
 * @param {Graph} graph
 * @returns {Part[]}
 */
function partsOf(file, graph) {
  const inside = ({ folder = '' }) => file.startsWith(`${folder}/`);
  const crate = graph.crates.find(inside);
  if (crate) return [`crate:${crate.name}`, ...contractParts(file, graph)];
  const workspace = graph.workspaces.find(inside);
  if (workspace) {
    const embedded = EMBEDDED.test(file) ? ['crate:prox-pages'] : [];
    return [`workspace:${workspace.name}`, ...embedded];
  }
  return RULES.find(([pattern]) => pattern.test(file))?.[1] ?? ['all'];
}

/**
 * Clients are generated from the OpenAPI document, and other files that a crate embeds may be read
 * elsewhere.
 * @param {string} file
 * @param {Graph} graph
 */
function contractParts(file, graph) {
  if (!file.endsWith('openapi.json')) return [];
  return graph.workspaces
    .filter(({ folder }) => folder.startsWith('site/') || folder.startsWith('packages/'))
    .map(({ name }) => `workspace:${name}`);
}

/**
 * The members with these names, and all that depend on them.
 * @param {{ name: string, dependencies: string[] }[]} members
 * @param {string[]} names
 * @returns {Set<string>}
 */
function dependents(members, names) {
  const found = new Set(names);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { name, dependencies } of members)
      if (dependencies.some((other) => found.has(other))) found.add(name);
  }
  return found;
}

/**
 * @param {Graph} graph
 * @param {Set<string>} names
 */
function folders(graph, names) {
  return new Set(
    graph.workspaces.filter(({ name }) => names.has(name)).map(({ folder }) => folder),
  );
}

/**
 * The graph of this checkout, from cargo's metadata and the workspaces' package.json.
 * @returns {Graph}
 */
export function readGraph() {
  const metadata = JSON.parse(output('cargo', ['metadata', '--no-deps', '--format-version', '1']));
  const crates = metadata.packages.map(
    (/** @type {any} */ { name, manifest_path, dependencies }) => ({
      name,
      folder: relative(root, manifest_path).replace(/\/Cargo\.toml$/, ''),
      dependencies: dependencies.map((/** @type {{ name: string }} */ one) => one.name),
    }),
  );
  return { crates, workspaces: readWorkspaces() };
}

/**
 * The npm workspaces of the root's package.json.
 * @returns {Graph['workspaces']}
 */
export function readWorkspaces() {
  const { workspaces } = readManifest('.');
  return workspaces
    .map((/** @type {string} */ glob) => glob.replace(/\/\*$/, ''))
    .filter((/** @type {string} */ parent) => existsSync(join(root, parent)))
    .flatMap((/** @type {string} */ parent) =>
      readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
    )
    .filter((/** @type {string} */ folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((/** @type {string} */ folder) => {
      const { name, dependencies, devDependencies } = readManifest(folder);
      return { name, folder, dependencies: Object.keys({ ...dependencies, ...devDependencies }) };
    });
}

/** @param {string} folder */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

/**
 * The files that have changed since this branch left main, committed or not.
 * @returns {string[]} relative to the root
 */
export function changedFiles() {
  const main = ['origin/main', 'main'].find((name) =>
    output('git', ['rev-parse', '--verify', '--quiet', name]),
  );
  const base = (main && output('git', ['merge-base', 'HEAD', main])) || 'HEAD';
  // Without renames, so that the former folder of a moved file is affected, too.
  const tracked = output('git', ['diff', '--name-only', '--no-renames', '-z', base]);
  const untracked = output('git', ['ls-files', '--others', '--exclude-standard', '-z']);
  return [...new Set([...tracked.split('\0'), ...untracked.split('\0')])].filter(Boolean);
}

/**
 * The output of a program, or nothing when it fails.
 * @param {string} program
 * @param {string[]} args
 */
function output(program, args) {
  try {
    const stdio = /** @type {const} */ (['ignore', 'pipe', 'ignore']);
    return execFileSync(program, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: [...stdio],
      maxBuffer: 2 ** 26,
    }).trim();
  } catch {
    return '';
  }
}

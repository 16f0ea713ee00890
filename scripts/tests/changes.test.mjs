import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { affected, everything, readGraph } from '../lib/changes.mjs';
import { builtTests, bundles, compileNative, fastTests, lint } from '../lib/checks.mjs';
import { root } from '../lib/paths.mjs';

/** A small repository: types ← core ← db ← api ← worker, and core ← cli beside it. */
const GRAPH = {
  crates: [
    crate('prox-types', 'crates/platform/types'),
    crate('prox-core', 'crates/platform/core', 'prox-types', 'serde'),
    crate('prox-db', 'crates/platform/db', 'prox-core'),
    crate('prox-api', 'crates/platform/api', 'prox-db', 'prox-testing'),
    crate('prox-testing', 'crates/platform/testing', 'prox-db'),
    crate('prox-worker', 'crates/platform/worker', 'prox-api'),
    crate('prox-edge', 'crates/platform/edge', 'prox-core'),
    crate('prox-pages', 'crates/platform/pages', 'prox-types'),
    crate('prox-logs', 'crates/local/logs', 'prox-types'),
    crate('prox-cli', 'crates/local/cli', 'prox-logs', 'prox-core'),
  ],
  workspaces: [
    crate('@prox/api-client', 'packages/api-client'),
    crate('@prox/shell', 'site/shell', '@prox/api-client', 'react'),
    crate('@prox/bench', 'tests/bench'),
    crate('@prox/e2e', 'tests/e2e'),
    crate('@prox/worker-tests', 'tests/worker'),
  ],
};
const RUNTIME = ['tests/bench', 'tests/e2e', 'tests/worker'];

/**
 * @param {string} name
 * @param {string} folder
 * @param {string[]} dependencies
 */
function crate(name, folder, ...dependencies) {
  return { name, folder, dependencies };
}

/**
 * @param {string[]} files
 */
function parts(...files) {
  const { crates, workspaces, scripts, workers } = affected(files, GRAPH);
  return { crates: [...crates].sort(), workspaces: [...workspaces].sort(), scripts, workers };
}

const NOTHING = { crates: [], workspaces: [], scripts: false, workers: false };

test('documents affect nothing but the cheap checks', () => {
  const files = ['README.md', 'docs/TESTING.md', 'docs/images/a.png', 'LICENSE', '.gitignore'];
  assert.deepEqual(
    parts(...files, 'findings/README.md', '.ci/run', 'migrations/README.md'),
    NOTHING,
  );
  const names = namesOf(affected(files, GRAPH));
  assert.deepEqual(names, ['cargo fmt', 'Biome', 'scripts, types']);
});

test('a crate affects all crates that depend on it', () => {
  assert.deepEqual(parts('crates/local/logs/src/lib.rs'), {
    ...NOTHING,
    crates: ['prox-cli', 'prox-logs'],
  });
  assert.deepEqual(parts('crates/local/cli/README.md').crates, ['prox-cli']);
});

test('a crate of a worker affects what runs on the workers', () => {
  assert.deepEqual(parts('crates/platform/db/src/item.rs'), {
    crates: ['prox-api', 'prox-db', 'prox-testing', 'prox-worker'],
    workspaces: RUNTIME,
    scripts: false,
    workers: true,
  });
  assert.equal(parts('crates/platform/core/src/lib.rs').crates.includes('prox-cli'), true);
  assert.deepEqual(parts('crates/platform/edge/wrangler.toml').crates, ['prox-edge']);
});

test('a workspace affects those that depend on it', () => {
  assert.deepEqual(parts('site/shell/src/main.tsx').workspaces, ['site/shell', 'tests/e2e']);
  // The public pages embed the themes.
  assert.deepEqual(parts('site/shell/src/main.tsx').crates, []);
  assert.deepEqual(parts('site/shell/src/styles/themes.css').crates, ['prox-pages']);
  assert.deepEqual(parts('packages/api-client/src/index.ts').workspaces, [
    ...['packages/api-client', 'site/shell', 'tests/e2e'],
  ]);
  assert.deepEqual(parts('tests/worker/room.test.ts'), {
    ...NOTHING,
    workspaces: ['tests/worker'],
  });
});

test('the contract affects the clients that are generated from it', () => {
  const { crates, workspaces } = parts('crates/platform/api/openapi.json');
  assert.deepEqual(crates, ['prox-api', 'prox-worker']);
  assert.deepEqual(workspaces, ['packages/api-client', 'site/shell', ...RUNTIME]);
});

test('files of the root affect what they configure', () => {
  const crates = GRAPH.crates.map(({ name }) => name).sort();
  const workspaces = GRAPH.workspaces.map(({ folder }) => folder);
  assert.deepEqual(parts('Cargo.lock'), {
    ...{ crates, workspaces: RUNTIME, scripts: false, workers: true },
  });
  assert.deepEqual(parts('package-lock.json'), {
    ...{ crates: [], workspaces, scripts: true, workers: true },
  });
  assert.deepEqual(parts('wrangler.toml'), {
    ...NOTHING,
    workspaces: RUNTIME,
    scripts: true,
    workers: true,
  });
  assert.deepEqual(parts('migrations/0007.sql').crates, [
    ...['prox-api', 'prox-db', 'prox-testing', 'prox-worker'],
  ]);
});

test('scripts affect their tests, and the workers that they build', () => {
  assert.deepEqual(parts('scripts/lib/migrate.mjs', 'scripts/dev', 'prox.yaml'), {
    ...NOTHING,
    scripts: true,
  });
  const built = { ...NOTHING, workspaces: RUNTIME, scripts: true, workers: true };
  for (const name of ['lib/build.mjs', 'lib/worker-bundle.mjs', 'wasm-bindgen/src/main.rs'])
    assert.deepEqual(parts(`scripts/${name}`), built, name);
});

test('the tools of the contract affect what they check', () => {
  for (const file of ['spectral.yaml', 'scripts/contract/requirements.txt']) {
    const { crates, workspaces, scripts } = parts(file);
    assert.deepEqual(crates, ['prox-api', 'prox-worker'], file);
    assert.deepEqual([workspaces, scripts], [RUNTIME, true], file);
  }
});

test('a file that no rule knows affects everything', () => {
  for (const file of [
    'new-folder/file',
    'crates/platform/gone/src/lib.rs',
    'tests/fixtures/a.txt',
  ]) {
    assert.deepEqual(affected([file], GRAPH), everything(GRAPH), file);
  }
});

test('the graph of this checkout names its folders', () => {
  const graph = readGraph();
  const known = [...graph.crates, ...graph.workspaces];
  for (const { folder } of known) assert.ok(existsSync(join(root, folder)), folder);
  const worker = graph.crates.find(({ name }) => name === 'prox-worker');
  assert.ok(worker?.dependencies.includes('prox-api'));
  const { crates } = affected(['crates/platform/types/src/lib.rs'], graph);
  assert.ok(crates.has('prox-worker') && crates.has('prox-edge') && crates.has('prox-testing'));
});

test('every check of the whole repository has a name of its own', () => {
  const names = namesOf(everything(readGraph()));
  assert.equal(new Set(names).size, names.length);
  for (const name of ['clippy', 'Rust tests', 'scripts', 'prox budgets', 'tests/worker, test'])
    assert.ok(names.includes(name), name);
  for (const name of ['packages/api-client, generate:check', 'tests/clients, test'])
    assert.ok(names.includes(name), name);
});

/** @param {import('../lib/changes.mjs').Affected} what */
function namesOf(what) {
  const lists = [
    compileNative(what, { fast: false }),
    ...[lint, bundles, fastTests, builtTests].map((list) => list(what)),
  ];
  return lists.flat().map(({ name }) => name);
}

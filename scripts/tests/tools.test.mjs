import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { durableObject } from '../../crates/platform/worker/durable-object.js';
import { progress } from '../lib/cargo.mjs';
import { root } from '../lib/paths.mjs';
import { duration } from '../lib/steps.mjs';
import {
  lockedVersion,
  NIGHTLY,
  nightlyToolchain,
  packagesAreCurrent,
  refuseLink,
} from '../lib/tools.mjs';

test('packages are current only when each lies where npm would load it from', (t) => {
  const checkout = mkdtempSync(join(tmpdir(), 'prox-packages-'));
  t.after(() => rmSync(checkout, { recursive: true }));
  const packages = {
    '': { name: 'root' },
    'node_modules/ws': { version: '8.18.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
    'tests/worker': { version: '0.1.0' },
    'tests/worker/node_modules/ws': { version: '8.23.0' },
  };
  const { 'node_modules/other-platform': _, ...installed } = packages;
  const write = (/** @type {string} */ path, /** @type {object} */ content) =>
    writeFileSync(join(checkout, path), JSON.stringify({ packages: content }));
  write('package-lock.json', packages);
  assert.equal(packagesAreCurrent(checkout), false);

  mkdirSync(join(checkout, 'node_modules/ws'), { recursive: true });
  write('node_modules/.package-lock.json', installed);
  assert.equal(packagesAreCurrent(checkout), false, 'the workspace has no ws of its own');

  mkdirSync(join(checkout, 'tests/worker/node_modules/ws'), { recursive: true });
  assert.equal(packagesAreCurrent(checkout), true);

  write('node_modules/.package-lock.json', {
    ...installed,
    'node_modules/ws': { version: '8.0.0' },
  });
  assert.equal(packagesAreCurrent(checkout), false);
});

test('packages that are shared by a link are not replaced', (t) => {
  const checkout = mkdtempSync(join(tmpdir(), 'prox-packages-'));
  t.after(() => rmSync(checkout, { recursive: true }));
  const link = join(checkout, 'node_modules');
  refuseLink(link);
  mkdirSync(join(checkout, 'shared'));
  symlinkSync('shared', link);
  assert.throws(() => refuseLink(link), /node_modules is a link, .*shared .*Run `npm ci`/);
});

test('the pinned nightly is found by its date or its commit', () => {
  const right = `rustc 1.97.0-nightly (${NIGHTLY.commit} 2026-05-19)`;
  const other = 'rustc 1.99.0-nightly (0123456ab 2026-08-01)';
  const dated = `nightly-${NIGHTLY.date}`;
  const find = (/** @type {Record<string, string>} */ installed) =>
    nightlyToolchain((name) => installed[name] ?? '');
  assert.equal(find({ nightly: right }), 'nightly');
  assert.equal(find({ nightly: other, [dated]: right }), dated);
  assert.equal(find({ nightly: right, [dated]: right }), dated);
  assert.equal(find({ nightly: other }), undefined);
  assert.equal(find({}), undefined);
});

test('durations are rounded once', () => {
  assert.equal(duration(59_940), '59.9 s');
  assert.equal(duration(59_960), '1 min 0 s');
  assert.equal(duration(119_600), '2 min 0 s');
});

test('progress of cargo names crates and estimates the rest', () => {
  const bar = '    Building [=====>                  ] 120/240: serde, syn(build)...';
  assert.equal(progress(bar, 60_000), '120 of 240, compiling serde, syn, about 1 min 0 s left');
  assert.equal(progress(bar, 1_000), '120 of 240, compiling serde, syn');
  const early = '    Building [>                       ] 3/240: libc';
  assert.equal(progress(early, 60_000), '3 of 240, compiling libc');
  const last = '    Building [=======================>] 239/240: prox(bin)';
  assert.equal(progress(last, 60_000), '239 of 240, compiling prox');
  assert.equal(
    progress('Blocking waiting for file lock on build directory', 0),
    'Blocking waiting for file lock on build directory',
  );
  assert.equal(progress('warning: unused variable', 60_000), undefined);
});

test('a Durable Object is built again when the memory of its module is new', () => {
  let built = 0;
  class Compiled {
    /** @param {unknown} state @param {unknown} env */
    constructor(state, env) {
      built += 1;
      this.known = [state, env, built];
    }
    /** @param {string} request */
    fetch(request) {
      return [...this.known, request];
    }
  }
  const memory = { instanceId: 1 };
  const Room = durableObject(Compiled, memory);
  const room = /** @type {any} */ (new Room('state', 'env'));
  assert.deepEqual(room.fetch('a'), ['state', 'env', 1, 'a']);
  assert.deepEqual(room.fetch('b'), ['state', 'env', 1, 'b']);
  memory.instanceId = 2;
  assert.deepEqual(room.fetch('c'), ['state', 'env', 2, 'c']);
  assert.equal('alarm' in room, false);
});

test('our wasm-bindgen has the locked version of its library', () => {
  const manifest = readFileSync(join(root, 'scripts/wasm-bindgen/Cargo.toml'), 'utf8');
  const version = lockedVersion('wasm-bindgen');
  assert.ok(manifest.includes(`version = "${version}"`));
  assert.ok(manifest.includes(`wasm-bindgen-cli-support = "=${version}"`));
});

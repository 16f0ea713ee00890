import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packagesAreCurrent } from '../lib/tools.mjs';

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

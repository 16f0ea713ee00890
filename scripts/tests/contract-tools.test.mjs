import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { findPythonGenerator } from '../lib/contract-tools.mjs';

const { PATH } = process.env;
/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prox-python-'));
  process.env.PATH = folder;
});

afterEach(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A python3 of some version, with or without what makes virtual environments.
 * @param {string} version
 * @param {boolean} hasVenv
 */
function python(version, hasVenv) {
  const venv = hasVenv ? 'echo 1' : 'exit 1';
  const script = `#!/bin/sh\ncase "$2" in *ensurepip*) ${venv};; *) echo ${version};; esac\n`;
  writeFileSync(join(folder, 'python3'), script);
  chmodSync(join(folder, 'python3'), 0o755);
}

test('a machine that cannot run the Python client says why', () => {
  assert.match(reason(), /python3 is not installed/);
  python('3.9', true);
  assert.match(reason(), /python3 is 3\.9, and 3\.11 is the least/);
  python('3.12', false);
  assert.match(reason(), /has no venv .*python3-venv/);
});

test('each version of Python has an environment of its own', () => {
  const folders = ['3.11', '3.12', '4.0'].map((version) => {
    python(version, true);
    const found = findPythonGenerator();
    assert.ok('folder' in found, version);
    assert.ok(found.folder.endsWith(`python${version}`), found.folder);
    return found.folder;
  });
  assert.equal(new Set(folders).size, 3);
});

function reason() {
  const found = findPythonGenerator();
  return 'missing' in found ? found.missing : `found ${found.folder}`;
}

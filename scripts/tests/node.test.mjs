import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderWith, script } from './support.mjs';

/** The programs that the scripts use before they have a Node. */
const BASE = ['bash', 'dirname', 'ln', 'mkdir', 'mv', 'rm', 'uname', 'env'];
const THIS = process.version;

/**
 * A PATH with a Node of this version, and an npm that does what the text says.
 * @param {import('node:test').TestContext} t
 * @param {string} version
 * @param {string} [npm] shell commands
 */
function machine(t, version, npm = 'exit 1') {
  const bin = folderWith(t, {
    // Any other use of a Node that is too old fails.
    node: `#!/bin/sh\n[ "$1" = --version ] || exit 9\necho ${version}\n`,
    npm: `#!/bin/sh\n${npm}\n`,
  });
  for (const name of ['node', 'npm']) chmodSync(join(bin, name), 0o755);
  for (const name of BASE) symlinkSync(find(name), join(bin, name));
  const tools = folderWith(t, {});
  return { tools, env: { PATH: bin, HOME: tools, PROX_TOOLS_DIR: tools } };
}

/** @param {string} name */
function find(name) {
  const folder = ['/bin', '/usr/bin'].find((path) => existsSync(join(path, name)));
  assert.ok(folder, name);
  return join(folder, name);
}

test('a Node that is too old is replaced by the one of the tools', async (t) => {
  const { tools, env } = machine(t, 'v20.20.2');
  mkdirSync(join(tools, 'node-24', 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(tools, 'node-24', 'bin', 'node'));
  const { code, output } = await script('run', ['node', '--version'], env);
  assert.equal(output, `${THIS}\n`);
  assert.equal(code, 0);
});

test('a Node that is too old is replaced by one that npm installs, once', async (t) => {
  // npm install --prefix DIR … PACKAGE@24: this one installs the Node that runs the test.
  const npm = `
    dir=$3; for last; do :; done
    mkdir -p "$dir/node_modules/\${last%@*}/bin"
    ln -s ${process.execPath} "$dir/node_modules/\${last%@*}/bin/node"`;
  const { tools, env } = machine(t, 'v22.11.0', npm);
  const { output } = await script('run', ['node', '--version'], env);
  assert.match(output, /^Node v22\.11\.0 is too old; installing Node 24 into .*\n/);
  assert.ok(output.endsWith(`\n${THIS}\n`), output);
  assert.deepEqual(readdirSync(tools), ['node-24']);
  assert.equal((await script('run', ['node', '--version'], env)).output, `${THIS}\n`);
});

test('when npm cannot install Node, one line says what to do', async (t) => {
  const { tools, env } = machine(t, 'v18.0.0');
  const { code, output } = await script('run', ['node', '--version'], env);
  assert.equal(code, 1);
  assert.match(
    output.split('\n').at(-2) ?? '',
    /^error: Node v18\.0\.0 is too old, and npm could not install .*@24\. Install Node 24 \(https:\/\/nodejs\.org\), then run this again\.$/,
  );
  assert.deepEqual(readdirSync(tools), []);
});

test('22.12 and later are used as they are', async (t) => {
  for (const version of ['v22.12.0', 'v23.0.0', 'v24.18.1', 'v26.1.0']) {
    const { tools, env } = machine(t, version);
    // The stand-in supports only `--version`, so the script ends there.
    const { code } = await script('run', ['node', '--version'], env);
    assert.equal(code, 9, version);
    assert.deepEqual(readdirSync(tools), [], version);
  }
});

test('a missing Node is one line that says where to get it', async (t) => {
  const bin = folderWith(t, {});
  for (const name of ['bash', 'dirname']) symlinkSync(find(name), join(bin, name));
  const { code, output } = await script('postgres', [], { PATH: bin });
  assert.equal(code, 1);
  assert.equal(
    output,
    'error: Node is missing. Install Node 24 (https://nodejs.org), then run this again.\n',
  );
});

test('a command that is run ends with its own exit code', async (t) => {
  const folder = folderWith(t, {});
  writeFileSync(join(folder, 'fail'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  assert.equal((await script('run', [join(folder, 'fail')])).code, 7);
  const missing = await script('run', [join(folder, 'absent')]);
  assert.equal(missing.code, 1);
  assert.match(missing.output, /^error: .*absent could not start: /);
});

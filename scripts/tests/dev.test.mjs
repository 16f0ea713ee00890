import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../lib/paths.mjs';
import { isFree } from '../lib/ports.mjs';
import { folderWith, script } from './support.mjs';

test('a taken port is one line that says what to do', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const { code, output } = await script('dev', ['--port', String(port)]);
  assert.equal(code, 1);
  assert.equal(
    output,
    `error: Port ${port} is taken. Stop what uses it, or choose another: ./scripts/dev --port ${port + 1}\n`,
  );
});

test('a port that only IPv6 listens on is taken too', async (t) => {
  const server = createServer().listen(0, '::1');
  const listening = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  if (!listening) return t.skip('no IPv6 here');
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  assert.equal(await isFree(port), false);
});

test('an unknown option and a bad port are refused', async () => {
  assert.match(
    (await script('dev', ['--prot', '1'])).output,
    /^error: Unknown option --prot\. Known: --port/,
  );
  assert.match((await script('dev', ['--port', 'x'])).output, /^error: --port needs a number/);
});

test('a missing rustup is one line that says where to get it', async (t) => {
  const bin = folderWith(t, {});
  symlinkSync('/bin/bash', join(bin, 'bash'));
  symlinkSync('/usr/bin/dirname', join(bin, 'dirname'));
  symlinkSync(process.execPath, join(bin, 'node'));
  const { code, output } = await script('dev', [], { PATH: bin });
  assert.equal(code, 1);
  assert.equal(
    output,
    'error: rustup is missing. Install it from https://rustup.rs, open a new terminal, then run this again.\n',
  );
});

test('processes of a killed command end with it', async () => {
  // Starts `sleep` as the scripts start servers, prints its process id, and waits to be killed.
  const program = `
    import { start } from './scripts/lib/processes.mjs';
    const { pid } = start('sleep', 'sleep', ['600'], { logFile: '/dev/null' });
    console.log(pid);
    setInterval(() => {}, 1000);
  `;
  const command = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
  });
  const [output] = await once(command.stdout, 'data');
  const pid = Number(output);
  process.kill(pid, 0);
  command.kill('SIGKILL');
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline && isRunning(pid))
    await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isRunning(pid), false);
});

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

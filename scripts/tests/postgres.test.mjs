import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { postgresUrl, startPostgres, stopPostgres } from '../lib/postgres.mjs';
import { query } from './support.mjs';

test('the server starts once, answers on loopback as its own role, and stops', async (t) => {
  const first = await startPostgres('trial');
  t.after(() => first.program?.stop());
  const second = await startPostgres('trial');
  assert.equal(second.url, first.url);
  assert.equal(second.program, undefined, 'a running server is found, not started again');
  const [row] = await query(
    first.url,
    `select current_user as who, current_setting('server_version_num')::int / 10000 as version,
            current_setting('TimeZone') as zone, current_setting('listen_addresses') as listens,
            current_setting('data_directory') as data`,
  );
  assert.deepEqual(
    { ...row, data: undefined },
    {
      who: 'prox',
      version: 17,
      zone: 'UTC',
      listens: '127.0.0.1',
      data: undefined,
    },
  );
  assert.ok(existsSync(row.data));
  await assert.rejects(
    startElsewhere(),
    /Another run of tests in this checkout uses this Postgres and will stop it \(process \d+\)/,
  );
  await first.program?.stop();
  assert.equal(await postgresUrl('trial'), undefined);
});

test('a server that outlives its starter serves other processes', async (t) => {
  const { url } = await startPostgres('trial', { outlive: true });
  t.after(() => stopPostgres('trial'));
  assert.equal(await startElsewhere(), url);
});

/** Starts the server from another process of this checkout, like a second run of the tests. */
async function startElsewhere() {
  const module = new URL('../lib/postgres.mjs', import.meta.url);
  const code = `const { startPostgres } = await import('${module}');
    console.log((await startPostgres('trial')).url);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    code,
  ]);
  return stdout.trim();
}

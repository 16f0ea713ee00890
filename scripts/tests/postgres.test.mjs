import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { postgresUrl, startPostgres } from '../lib/postgres.mjs';
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
  await first.program?.stop();
  assert.equal(await postgresUrl('trial'), undefined);
});

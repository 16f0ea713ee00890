import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { migrate, migrationStatus } from '../lib/migrate.mjs';
import { emptyDatabase, folderWith, query, script } from './support.mjs';

const TWO = {
  '0001_planet.sql': 'create table planet (name text primary key);',
  '0002_moon.sql': 'create table moon (name text primary key);',
};

test('files run once, in order, and the second run has nothing to do', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, TWO);
  assert.deepEqual(await migrate({ databaseUrl, dir }), ['0001_planet.sql', '0002_moon.sql']);
  assert.deepEqual(await migrate({ databaseUrl, dir }), []);
  const rows = await query(
    databaseUrl,
    'select name, length(sha256) as hash from schema_migration order by 1',
  );
  assert.deepEqual(rows, [
    { name: '0001_planet.sql', hash: 64 },
    { name: '0002_moon.sql', hash: 64 },
  ]);
});

test('the status lists applied and pending files', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, TWO);
  const before = await migrationStatus({ databaseUrl, dir });
  assert.deepEqual(
    before.map(({ appliedAt }) => appliedAt),
    [undefined, undefined],
  );
  await migrate({ databaseUrl, dir });
  writeFileSync(join(dir, '0003_comet.sql'), 'select 1;');
  const after = await migrationStatus({ databaseUrl, dir });
  assert.deepEqual(
    after.map(({ appliedAt }) => appliedAt instanceof Date),
    [true, true, false],
  );
});

test('a file that was changed after it ran is refused', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, TWO);
  await migrate({ databaseUrl, dir });
  writeFileSync(join(dir, '0001_planet.sql'), `${TWO['0001_planet.sql']} -- later`);
  await assert.rejects(migrate({ databaseUrl, dir }), /0001_planet\.sql was changed after it ran/);
});

test('a missing file that ran before is refused', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, TWO);
  await migrate({ databaseUrl, dir });
  rmSync(join(dir, '0002_moon.sql'));
  await assert.rejects(
    migrate({ databaseUrl, dir }),
    /0002_moon\.sql ran on this database but is missing/,
  );
});

test('a new file that sorts before one that ran is refused', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, { '0002_moon.sql': TWO['0002_moon.sql'] });
  await migrate({ databaseUrl, dir });
  writeFileSync(join(dir, '0001_planet.sql'), TWO['0001_planet.sql']);
  await assert.rejects(
    migrate({ databaseUrl, dir }),
    /0001_planet\.sql comes before 0002_moon\.sql/,
  );
});

test('names that are not numbered, or numbered twice, are refused', async (t) => {
  const databaseUrl = 'postgres://nobody@127.0.0.1:1/none';
  const unnumbered = folderWith(t, { 'planet.sql': '' });
  await assert.rejects(
    migrate({ databaseUrl, dir: unnumbered }),
    /planet\.sql is not a migration's name/,
  );
  const twice = folderWith(t, { '0001_moon.sql': '', '0001_planet.sql': '' });
  await assert.rejects(migrate({ databaseUrl, dir: twice }), /have the same number/);
});

test('a file that fails leaves nothing behind, and the message names its line', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, {
    '0001_planet.sql': TWO['0001_planet.sql'],
    '0002_broken.sql': 'create table moon (name text);\ncreate tabel comet ();',
  });
  await assert.rejects(migrate({ databaseUrl, dir }), /0002_broken\.sql:2: syntax error/);
  const tables = await query(
    databaseUrl,
    "select to_regclass('moon') as moon, to_regclass('planet') as planet",
  );
  assert.deepEqual(tables, [{ moon: null, planet: 'planet' }]);
  assert.equal((await query(databaseUrl, 'select name from schema_migration')).length, 1);
});

test('two runners at once run each file once', async (t) => {
  const databaseUrl = await emptyDatabase(t);
  const dir = folderWith(t, {
    // Long enough for the second runner to start while the first one works.
    '0001_planet.sql': `${TWO['0001_planet.sql']} select pg_sleep(0.3);`,
    '0002_moon.sql': TWO['0002_moon.sql'],
  });
  /** @type {string[]} */
  const waits = [];
  const log = (/** @type {string} */ line) => {
    if (line.startsWith('waiting')) waits.push(line);
  };
  const ran = await Promise.all([
    migrate({ databaseUrl, dir, log }),
    migrate({ databaseUrl, dir, log }),
  ]);
  assert.deepEqual(ran.flat().sort(), ['0001_planet.sql', '0002_moon.sql']);
  assert.equal(waits.length, 1);
});

test('a pooled address is refused before anything is sent', async (t) => {
  const dir = folderWith(t, TWO);
  const databaseUrl =
    'postgres://prox@ep-blue-sea-123-pooler.eu-central-1.aws.neon.tech/prox?sslmode=require';
  await assert.rejects(migrate({ databaseUrl, dir }), /is a pooled address/);
});

test('the script says in one line that the database cannot be reached', async () => {
  const env = { ...process.env, DATABASE_URL: 'postgres://prox@127.0.0.1:1/prox' };
  const { code, output } = await script('migrate', [], env);
  assert.equal(code, 1);
  assert.match(
    output,
    /^error: The database at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED.*\n$/,
  );
});

// Helpers of the tests of the scripts: a database of their own, temporary folders, running a script.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { root } from '../lib/paths.mjs';

/**
 * An empty database, dropped after the test.
 * @param {import('node:test').TestContext} t
 * @returns {Promise<string>} its address
 */
export async function emptyDatabase(t) {
  const server = process.env.TEST_DATABASE_URL;
  assert.ok(server, 'set TEST_DATABASE_URL=$(./scripts/postgres start --test)');
  const name = `scripts_${randomBytes(6).toString('hex')}`;
  await query(server, `create database ${name}`);
  t.after(() => query(server, `drop database ${name} with (force)`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * @param {string} databaseUrl
 * @param {string} sql
 * @returns {Promise<any[]>}
 */
export async function query(databaseUrl, sql) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * A folder with these files, removed after the test.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} files
 * @returns {string}
 */
export function folderWith(t, files) {
  const folder = mkdtempSync(join(tmpdir(), 'prox-scripts-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/**
 * Runs a script to its end.
 * @param {string} name
 * @param {string[]} [args]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export function script(name, args = [], env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'scripts', name), args, { cwd: root, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

// Clients of three generators, made from the committed contract, call the built workers over a real
// Postgres: create, page by cursor, change with If-Match, and the same change once more, which is stale.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPythonGenerator } from '../../scripts/lib/contract-tools.mjs';
import { createDatabase, type Database } from '../harness/database.ts';
import { startWorkers } from '../harness/workers.mjs';
import { callWithApiClient } from './support/api-client.ts';
import { callWithHeyApi } from './support/hey-api.ts';
import type { Account, Calls } from './support/journey.ts';
import { callWithPython } from './support/python.ts';

const python = findPythonGenerator();

let database: Database;
let workers: Awaited<ReturnType<typeof startWorkers>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prox-clients-'));
  database = await createDatabase();
  workers = await startWorkers({ databaseUrl: database.url });
});

afterAll(async () => {
  await workers?.stop();
  await database?.drop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A new person with an empty space `home`. */
async function signIn(name: string): Promise<Account> {
  const { origin } = workers;
  const post = (path: string, headers: Record<string, string>, body: unknown) =>
    fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const answer = await post('/api/auth/dev', { origin }, { email: `${name}@example.com` });
  const { handle } = (await answer.json()) as { handle: string };
  const token = /^prox=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
  const spaces = `/api/organizations/${handle}/spaces`;
  const space = await post(
    spaces,
    { authorization: `Bearer ${token}` },
    { title: 'Home', slug: 'home' },
  );
  expect(space.status).toBe(201);
  return {
    origin,
    token,
    org: handle,
    space: 'home',
    titles: ['one', 'two', 'three', 'four', 'five'],
  };
}

function expectCalls(calls: Calls) {
  expect(calls.pages).toEqual([['one', 'two'], ['three', 'four'], ['five']]);
  expect(calls.changed).toEqual({ status: 200, title: 'changed', version: calls.created + 1 });
  expect(calls.stale).toEqual({ status: 412, code: 'stale' });
}

test('packages/api-client creates, pages and changes', async () => {
  expectCalls(await callWithApiClient(await signIn('ada')));
});

test('@hey-api/openapi-ts client creates, pages and changes', async () => {
  expectCalls(await callWithHeyApi(await signIn('grace'), join(folder, 'hey-api')));
});

test('openapi-python-client creates, pages and changes', async (context) => {
  if ('missing' in python) return context.skip(python.missing);
  expectCalls(await callWithPython(await signIn('guido'), join(folder, 'prox_client'), python));
});

// Postgres stops and starts again. No acknowledged write is lost, and every request gets an
// answer.

import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startPostgres, stopPostgres } from '../../scripts/lib/postgres.mjs';
import { createDatabase } from '../harness/database.ts';
import { ask } from './support/http.ts';
import type { Person } from './support/person.ts';
import { eventually, type Stack, startStack } from './support/stack.ts';

const SIGNING_SECRET = 'a secret that only Slack knows';

let stack: Stack;
let ada: Person;
let events: string;

beforeAll(async () => {
  // Its own server, which no other test uses.
  const server = await startPostgres('fault');
  const database = await createDatabase(server.url);
  stack = await startStack({ database, vars: { SLACK_SIGNING_SECRET: SIGNING_SECRET } });
  ada = await stack.person('ada');
  events = `/api/organizations/${ada.handle}/instances/main/events`;
});

// Starts the server if a test left it stopped.
beforeEach(async () => {
  await startPostgres('fault');
  await healthy();
});

afterAll(async () => {
  await startPostgres('fault');
  await stack?.stop();
  await stopPostgres('fault');
});

function record(externalId: string) {
  return ada.call('POST', events, { type: 'test.tick', external_id: externalId, payload: {} });
}

async function recorded(): Promise<Set<string>> {
  const rows = await stack.database.query<{ external_id: string }>('select external_id from event');
  return new Set(rows.map((row) => row.external_id));
}

function healthy() {
  return eventually('recovery', async () => {
    const answer = await ask(stack.origin, '/api/health');
    return answer.status === 200 ? answer : undefined;
  });
}

test('without a database requests fail fast with 503, and recover by themselves', async () => {
  const listener = await ada.listen(ada.handle);
  await listener.next('CONNECTED');
  expect((await ask(stack.origin, '/api/health')).status).toBe(200);

  await stopPostgres('fault');
  const began = performance.now();
  for (const answer of await Promise.all([
    ask(stack.origin, '/api/health'),
    ada.call('GET', '/api/me'),
    record('while-away'),
    slack(),
  ])) {
    expect(answer.status).toBe(503);
    expect(answer.header('retry-after')).toBe('2');
    expect(answer.json()).toMatchObject({ code: 'unavailable', status: 503 });
    expect(answer.text).not.toContain('127.0.0.1');
  }
  // Slack waits three seconds for an answer, then retries.
  expect(performance.now() - began).toBeLessThan(3_500);
  // The room and its sockets work without a database.
  await listener.ping();

  await startPostgres('fault');
  await healthy();
  expect((await record('afterwards')).status).toBe(201);
  await listener.next('INVALIDATE');
  expect(await recorded()).toEqual(new Set(['afterwards']));
  await listener.close();
});

function slack() {
  const body = JSON.stringify({
    type: 'event_callback',
    team_id: 'T1',
    event_id: 'Ev1',
    event: { type: 'message' },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex');
  return ask(stack.origin, '/hooks/slack', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${mac}`,
    },
    body,
  });
}

test('no acknowledged write is lost when the server stops during many', async () => {
  const acknowledged = new Set<string>();
  const refused = new Map<string, number>();
  let writing = true;
  const writers = Array.from({ length: 8 }, async () => {
    while (writing) {
      const id = randomUUID();
      const { status } = await record(id);
      if (status === 201) acknowledged.add(id);
      else refused.set(id, status);
    }
  });
  await eventually('fifty writes', async () => (acknowledged.size > 50 ? true : undefined));
  await stopPostgres('fault');
  await eventually('a refusal', async () => (refused.size > 0 ? true : undefined));
  await startPostgres('fault');
  const before = acknowledged.size;
  await eventually('fifty more writes', async () =>
    acknowledged.size > before + 50 ? true : undefined,
  );
  writing = false;
  await Promise.all(writers);

  const stored = await recorded();
  for (const id of acknowledged) expect(stored).toContain(id);
  // After a failure it is not known whether the write was stored; repeating it is safe.
  expect(new Set(refused.values())).toEqual(new Set([503]));
  for (const id of [...refused.keys()].slice(0, 20)) {
    expect((await record(id)).status).toBeOneOf([200, 201]);
  }
  const rows = await stack.database.query(
    'select external_id from event where external_id is not null',
  );
  expect(rows).toHaveLength(new Set(rows.map((row) => row.external_id)).size);
}, 60_000);

// Checks of the release builds only: what they leave out, and how fast they are.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../harness/database.ts';
import { type StandIn, standIn } from '../harness/servers.ts';
import { ask } from './support/http.ts';
import { Person } from './support/person.ts';
import { type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let site: StandIn;
let ada: Person;
let hits = 0;

beforeAll(async () => {
  site = await standIn((_, response) => {
    hits += 1;
    response.end();
  });
  const database = await createDatabase();
  stack = await startStack({ database, release: true, vars: { EGRESS_ALLOW: site.address } });
  await database.query(
    `with person as (
       insert into "user" (id, email, email_verified, name, created_at, updated_at)
       values ('usr_00000000000000000000000001', 'ada@example.com', true, 'Ada', now(), now())),
     home as (
       insert into organization (id, slug, name, personal_user_id, created_at, updated_at)
       values ('org_00000000000000000000000001', 'ada', 'Ada', 'usr_00000000000000000000000001', now(), now())),
     sequence as (
       insert into organization_sequence (organization_id, seq)
       values ('org_00000000000000000000000001', 0)),
     member as (
       insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)
       values ('member_00000000000000000000000001', 'org_00000000000000000000000001', 'usr_00000000000000000000000001', 'owner', now(), now()))
     insert into instance (id, organization_id, slug, name, created_at, updated_at)
     values ('inst_00000000000000000000000001', 'org_00000000000000000000000001', 'main', 'Main', now(), now())`,
  );
  ada = await Person.withSession(stack.origin, database, 'ada@example.com');
});

afterAll(async () => {
  await stack?.stop();
  await site?.stop();
});

test('a release has no development sign-in', async () => {
  const answer = await ask(stack.origin, '/api/auth/dev', {
    method: 'POST',
    headers: { origin: stack.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'mallory@example.com' }),
  });
  expect(answer.status).toBe(404);
  const providers = await ask(stack.origin, '/api/auth/providers');
  expect(providers.json().items).toEqual([]);
});

test('a release does not panic on demand', async () => {
  expect((await ask(stack.origin, '/api/dev/panic')).status).toBe(404);
});

test('a release sends no request to its own machine, whatever its settings say', async () => {
  const answer = await ada.call('POST', '/api/preflight', { url: site.origin });
  // Browsers can open it; the server says why it did not look.
  expect(answer.json()).toMatchObject({ mode: 'tab', status: null });
  expect(hits).toBe(0);
});

test('many changes in a row are sent in few frames', async () => {
  const listeners = await Promise.all(Array.from({ length: 5 }, () => ada.listen(ada.handle)));
  const greetings = await Promise.all(listeners.map((listener) => listener.next('CONNECTED')));
  const path = `/api/organizations/${ada.handle}/instances/main/events`;
  const mutations = 400;
  const began = performance.now();
  let next = 0;
  const lane = async () => {
    while (next++ < mutations) {
      const answer = await ada.call('POST', path, { type: 'test.tick', payload: {} });
      expect(answer.status).toBe(201);
    }
  };
  await Promise.all(Array.from({ length: 20 }, lane));
  const frames = await Promise.all(
    listeners.map(async (listener, i) => {
      const last = (greetings[i]?.seq ?? 0) + mutations;
      let count = 0;
      for (let at = 0; at < last; count++) at = (await listener.next('INVALIDATE')).seq;
      return count;
    }),
  );
  const took = performance.now() - began;
  const rate = (mutations / took) * 1_000;
  const ratio = Math.max(...frames) / mutations;
  console.log(`${rate.toFixed(0)} changes/s, ${ratio.toFixed(3)} frames for each and socket`);
  // One for each window of 60 ms, however many changes fall into it: at a hundred a second that
  // is one for six.
  for (const count of frames) expect(count).toBeLessThanOrEqual(took / 60 + 1);
  await Promise.all(listeners.map((listener) => listener.close()));
}, 60_000);

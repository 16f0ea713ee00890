// The room's memory: lost pokes, a restarted runtime, an evicted object.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { keysOf, type Listener } from './support/listener.ts';
import type { Person } from './support/person.ts';
import { eventually, type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;

beforeAll(async () => {
  stack = await startStack();
  ada = await stack.person('ada');
});

afterAll(() => stack?.stop());

async function newOrganization(name: string) {
  const organization = await ada.createOrganization(name);
  const spaces = `/api/organizations/${organization.id}/spaces`;
  return {
    ...organization,
    createSpace: (title: string) => ada.does('POST', spaces, { title }),
    /** A committed change whose poke never leaves the worker: its sequence number. */
    changeSilently: async (key: string) => {
      const [change] = await stack.database.query<{ seq: string }>(
        `with bump as (
           update organization_sequence set seq = seq + 1 where organization_id = $1 returning seq)
         insert into outbox (organization_id, seq, keys, created_at)
         select $1, seq, jsonb_build_array(jsonb_build_array($2::text, $1)), now() from bump
         returning seq`,
        [organization.id, key],
      );
      return Number(change?.seq);
    },
  };
}

/** The number of times that the room of an organization was restored from its store. */
function loads(organization: string): number {
  const written = stack.log.join('');
  return written.split(JSON.stringify({ organization, room: 'loaded' })).length - 1;
}

async function greet(listener: Listener) {
  return listener.next('CONNECTED');
}

test('a change whose poke was lost is sent after the next one, in order', async () => {
  const organization = await newOrganization('Lost one');
  const listener = await ada.listen(organization.id);
  const { seq } = await greet(listener);
  await organization.changeSilently('lost');
  await organization.createSpace('Next');

  const heard: string[] = [];
  for (let at = seq; at < seq + 2; ) {
    const frame = await listener.next('INVALIDATE');
    heard.push(...keysOf(frame).map(([noun]) => noun ?? ''));
    at = frame.seq;
  }
  expect(heard[0]).toBe('lost');
  expect(heard).toContain('spaces');
  await listener.close();
});

test('a change whose poke was lost is sent after the sweep when no other follows', async () => {
  const organization = await newOrganization('Lost last');
  const listener = await ada.listen(organization.id);
  await greet(listener);
  await organization.changeSilently('lost');
  await stack.workers.sweep();
  await listener.hears(['lost', organization.id]);
  await listener.close();
});

test('a room that could not read the outbox tries again', async () => {
  const organization = await newOrganization('Out of reach');
  const listener = await ada.listen(organization.id);
  await greet(listener);
  const change = await organization.changeSilently('lost');
  const from = stack.log.length;
  // The room notices a gap, and reads the outbox a second later, without success.
  await stack.workers.sweep();
  await stack.database.query('alter table outbox rename to elsewhere');
  await eventually('a vain attempt', async () =>
    stack.log.slice(from).join('').includes('the outbox could not be read') ? true : undefined,
  );
  await stack.database.query('alter table elsewhere rename to outbox');
  expect((await listener.hears(['lost', organization.id])).seq).toBe(change);
  await listener.close();
});

test('a room learns at a connection what it missed', async () => {
  const organization = await newOrganization('Lost and found');
  const first = await ada.listen(organization.id);
  const { seq, epoch } = await greet(first);
  await first.close();
  const change = await organization.changeSilently('lost');
  const second = await ada.listen(organization.id, `?since=${seq}&epoch=${epoch}`);
  await greet(second);
  expect((await second.hears(['lost', organization.id])).seq).toBe(change);
  await second.close();
});

test('when the outbox no longer has a change, all clients reset and connect again', async () => {
  const organization = await newOrganization('Too old');
  const listener = await ada.listen(organization.id);
  await greet(listener);
  const change = await organization.changeSilently('lost for good');
  await organization.changeSilently('lost');
  await stack.database.query('delete from outbox where organization_id = $1 and seq = $2', [
    organization.id,
    change,
  ]);
  await stack.workers.sweep();
  expect((await listener.next('INVALIDATE')).invalidateInfo.type).toBe('ALL');
  expect((await listener.closed).code).toBe(1012);
});

test('an evicted room still has its sockets, its epoch and its log', async () => {
  const organization = await newOrganization('Sleepy');
  const listener = await ada.listen(organization.id);
  const { seq, epoch } = await greet(listener);
  await organization.createSpace('Before');
  await listener.hears(['spaces', organization.id]);
  const before = loads(organization.id);

  // The runtime evicts an object that was idle for ten seconds, without a notice. A heartbeat
  // reaches the socket but not the object.
  for (let second = 0; second < 11; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await listener.ping();
  }

  await organization.createSpace('After');
  const frame = await listener.hears(['spaces', organization.id]);
  expect(frame.seq).toBe(seq + 2);
  await eventually('a second load', async () =>
    loads(organization.id) === before + 1 ? true : undefined,
  );
  const other = await ada.listen(organization.id, `?since=${seq}&epoch=${epoch}`);
  expect((await greet(other)).epoch).toBe(epoch);
  expect((await other.next('INVALIDATE')).seq).toBe(seq + 2);
  await Promise.all([listener.close(), other.close()]);
}, 40_000);

test('a revoked session loses its socket also when the room was evicted in between', async () => {
  const phone = await stack.person('ada');
  const organization = await newOrganization('Revoked asleep');
  const listener = await phone.listen(organization.id);
  await greet(listener);
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  await ada.does('DELETE', `/api/auth/sessions/${phone.sessionId}`);
  expect((await listener.closed).code).toBe(4401);
  expect(loads(organization.id)).toBe(2);
}, 40_000);

test('after a restart of the runtime a client resumes where it was', async () => {
  const organization = await newOrganization('Restarted');
  const first = await ada.listen(organization.id);
  const { seq, epoch } = await greet(first);
  await organization.createSpace('Before');
  await stack.workers.restart();
  await first.closed;
  await organization.createSpace('After');

  const second = await ada.listen(organization.id, `?since=${seq}&epoch=${epoch}`);
  expect((await greet(second)).epoch).toBe(epoch);
  let at = seq;
  while (at < seq + 2) at = (await second.next('INVALIDATE')).seq;
  expect(JSON.stringify(second.frames)).not.toContain('ALL');
  await second.close();
});

test('CONNECTED is the first frame after a restart in the middle of a burst', async () => {
  const organization = await newOrganization('Burst');
  const first = await ada.listen(organization.id);
  const { seq, epoch } = await greet(first);
  for (let round = 1; round <= 4; round += 1) {
    // The window that these changes open is still running when the runtime stops.
    await Promise.all(['A', 'B', 'C'].map((title) => organization.createSpace(title)));
    await stack.workers.restart();
    const listener = await ada.listen(organization.id, `?since=${seq}&epoch=${epoch}`);
    // Fails when another frame comes first.
    await greet(listener);
    let at = seq;
    while (at < seq + 3 * round) at = (await listener.next('INVALIDATE')).seq;
    await listener.close();
  }
  await first.closed;
});

// The organization's websocket, end to end: the edge, the API worker, the room, Postgres.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './support/http.ts';
import { keysOf } from './support/listener.ts';
import { newId, type Person } from './support/person.ts';
import { Refused } from './support/socket.ts';
import { type Stack, startStack } from './support/stack.ts';

const SIGNING_SECRET = 'a secret that only Slack knows';

let stack: Stack;
let ada: Person;
let bob: Person;
let organization: { id: string; slug: string };

beforeAll(async () => {
  stack = await startStack({ vars: { SLACK_SIGNING_SECRET: SIGNING_SECRET } });
  [ada, bob] = await Promise.all([stack.person('ada'), stack.person('bob')]);
  organization = await ada.createOrganization('Analytical Engines');
});

afterAll(() => stack?.stop());

function createSpace(person: Person, organization: string, title: string) {
  return person.does('POST', `/api/organizations/${organization}/spaces`, { title });
}

async function refusal(attempt: Promise<unknown>): Promise<number> {
  const error = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof Refused) return error.status;
  throw new Error(`expected a refusal, got ${error}`);
}

describe('connected', () => {
  test('a member gets CONNECTED, and the stale keys of each change', async () => {
    const listener = await ada.listen(organization.slug);
    const greeting = await listener.next('CONNECTED');
    expect(greeting.userId).toBe(ada.id);

    await createSpace(ada, organization.slug, 'Notes');
    const frame = await listener.next('INVALIDATE');
    expect(frame.seq).toBe(greeting.seq + 1);
    expect(keysOf(frame)).toContainEqual(['spaces', organization.id]);
    await listener.close();
  });

  test("a person's own changes reach that person's sockets only", async () => {
    const path = `/api/organizations/${organization.slug}`;
    const { email } = await bob.does('GET', '/api/me');
    const member = await ada.does('POST', `${path}/members`, { email, role: 'member' });
    const listeners = [
      await ada.listen(organization.slug),
      await ada.listen(organization.slug),
      await bob.listen(organization.slug),
    ];
    for (const listener of listeners) await listener.next('CONNECTED');
    const own = ['workspaces', organization.id, ada.id];

    await ada.does('POST', `${path}/workspaces`, { name: 'Writing' });
    for (const listener of listeners.slice(0, 2)) {
      const frame = await listener.next('INVALIDATE');
      expect(keysOf(frame)).toEqual([own]);
    }
    await ada.does('PATCH', '/api/me/preferences', { theme: 'dark' });
    const frame = await listeners[0]?.next('INVALIDATE');
    expect(frame && keysOf(frame)).toEqual([['preferences', ada.id]]);
    // The first frame that the other member gets is about what both share.
    await createSpace(ada, organization.slug, 'Shared');
    const shared = await listeners[2]?.next('INVALIDATE');
    expect(shared && keysOf(shared)).toEqual([['spaces', organization.id]]);

    for (const listener of listeners) await listener.close();
    await ada.does('DELETE', `${path}/members/${member.id}`);
  });

  test('an open socket holds no connection to the database', async () => {
    const listener = await ada.listen(organization.slug);
    await listener.next('CONNECTED');
    const connections = `select count(*)::int as open from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'`;
    await expect.poll(async () => (await stack.database.query(connections))[0]?.open).toBe(0);
    await listener.ping();
    await listener.close();
  });

  test('a heartbeat is answered', async () => {
    const listener = await ada.listen(organization.slug);
    await listener.next('CONNECTED');
    await listener.ping();
    await listener.close();
  });

  test('a client that sends a message gets an error', async () => {
    const listener = await ada.listen(organization.slug);
    await listener.next('CONNECTED');
    listener.say('{"type":"INVALIDATE"}');
    const error = await listener.next('ERROR');
    expect(error.message).toContain('ping');
    await listener.close();
  });

  test('a client that closes gets its own code back', async () => {
    const listener = await ada.listen(organization.slug);
    await listener.next('CONNECTED');
    await listener.close();
    expect((await listener.closed).code).toBe(1000);
  });

  test('an event that Slack signed arrives live', async () => {
    const { items } = await ada.does('GET', `/api/organizations/${organization.slug}/instances`);
    const account = newId('acc');
    await stack.database.query(
      `insert into account (id, provider, external_id, name, created_at, updated_at)
       values ($1, 'slack-bot', 'T123', 'Engines', now(), now())`,
      [account],
    );
    await stack.database.query(
      `insert into instance_account_permission (id, instance_id, account_id, created_at)
       values ($1, $2, $3, now())`,
      [newId('iap'), items[0].id, account],
    );
    const listener = await ada.listen(organization.slug);
    await listener.next('CONNECTED');

    const body = JSON.stringify({
      type: 'event_callback',
      team_id: 'T123',
      event_id: 'Ev1',
      event: { type: 'message', text: 'hello' },
    });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const mac = createHmac('sha256', SIGNING_SECRET)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex');
    const answer = await ask(stack.origin, '/hooks/slack', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${mac}`,
      },
      body,
    });
    expect(answer.status).toBe(200);
    const frame = await listener.next('INVALIDATE');
    expect(keysOf(frame)).toContainEqual(['events', items[0].id]);
    await listener.close();
  });
});

describe('who may connect', () => {
  test('a missing organization and another one are the same 404', async () => {
    expect(await refusal(bob.listen(organization.id))).toBe(404);
    expect(await refusal(bob.listen(organization.slug))).toBe(404);
    expect(await refusal(bob.listen(newId('org')))).toBe(404);
  });

  test('an upgrade without a session is refused', async () => {
    expect(await refusal(ada.listen(organization.slug, '', { cookie: '' }))).toBe(401);
  });

  test('a page of another site cannot use a session for a socket', async () => {
    for (const origin of ['https://evil.example', 'null', `${stack.origin}.evil.example`]) {
      expect(await refusal(ada.listen(organization.slug, '', { origin }))).toBe(403);
    }
  });

  test('a plain request is told to upgrade', async () => {
    const answer = await ada.call('GET', `/api/organizations/${organization.slug}/socket`);
    expect(answer.status).toBe(426);
  });

  test('a change in one organization is not sent to another', async () => {
    const other = await bob.createOrganization('Difference Engines');
    const [listener, own] = await Promise.all([
      bob.listen(other.slug),
      ada.listen(organization.id),
    ]);
    await Promise.all([listener.next('CONNECTED'), own.next('CONNECTED')]);

    await createSpace(ada, organization.slug, 'Secret plans');
    await own.hears(['spaces', organization.id]);
    // One room has sent its frame; the other's next frame is about its own change.
    await createSpace(bob, other.slug, 'Public plans');
    const frame = await listener.next('INVALIDATE');
    expect(keysOf(frame)).toContainEqual(['spaces', other.id]);
    expect(JSON.stringify(listener.frames)).not.toContain(organization.id);
    await Promise.all([listener.close(), own.close()]);
  });

  test('resources of one organization are not found through another', async () => {
    const space = await createSpace(ada, organization.slug, 'Ledger');
    const home = bob.handle;
    for (const path of [
      `/api/organizations/${organization.slug}/spaces/${space.id}`,
      `/api/organizations/${home}/spaces/${space.id}`,
      `/api/organizations/${home}/spaces/${space.id}/items`,
    ]) {
      expect((await bob.call('GET', path)).status, path).toBe(404);
      expect((await bob.call('DELETE', path)).status, path).toBeOneOf([404, 405]);
    }
    const mine = await ada.call(
      'GET',
      `/api/organizations/${organization.slug}/spaces/${space.id}`,
    );
    expect(mine.status).toBe(200);
  });
});

describe('resuming', () => {
  test('a client that was disconnected gets exactly what it missed, in one frame', async () => {
    const first = await ada.listen(organization.slug);
    const { seq, epoch } = await first.next('CONNECTED');
    await first.close();

    const space = await createSpace(ada, organization.slug, 'While away');
    const items = `/api/organizations/${organization.slug}/spaces/${space.id}/items`;
    await ada.does('POST', items, { kind: 'card', title: 'One' });
    await ada.does('POST', items, { kind: 'card', title: 'Two' });

    const second = await ada.listen(organization.slug, `?since=${seq}&epoch=${epoch}`);
    // The room may still collect the last of them; what matters is that each is sent once.
    const greeting = await second.next('CONNECTED');
    const told = new Map<string, number>();
    for (let heard = seq; heard < seq + 3; ) {
      const frame = await second.next('INVALIDATE');
      for (const key of keysOf(frame)) told.set(key.join(), (told.get(key.join()) ?? 0) + 1);
      heard = frame.seq;
    }
    await second.ping();
    expect(greeting.epoch).toBe(epoch);
    expect([...told.keys()].sort()).toEqual(
      [`items,${space.id}`, `space,${space.id}`, `spaces,${organization.id}`].sort(),
    );
    await second.close();

    const third = await ada.listen(organization.slug, `?since=${seq}&epoch=${epoch}`);
    await third.next('CONNECTED');
    const frame = await third.next('INVALIDATE');
    await third.ping();
    expect(frame.seq).toBe(seq + 3);
    expect(keysOf(frame)).toHaveLength(told.size);
    expect(third.frames).toHaveLength(2);
    await third.close();
  });

  test('a client that missed nothing gets no frame', async () => {
    const first = await ada.listen(organization.slug);
    const { seq, epoch } = await first.next('CONNECTED');
    await first.close();
    const second = await ada.listen(organization.slug, `?since=${seq}&epoch=${epoch}`);
    await second.ping();
    expect(second.frames).toHaveLength(1);
    await second.close();
  });

  test.each([
    ['another epoch', (seq: number) => `?since=${seq}&epoch=ffff`],
    ['an epoch that is no header value', (seq: number) => `?since=${seq}&epoch=%F0%9F%9A%80%0A`],
    [
      'a number from the future',
      (seq: number, epoch: string) => `?since=${seq + 9}&epoch=${epoch}`,
    ],
  ])('%s is a reset', async (_, query) => {
    const first = await ada.listen(organization.slug);
    const { seq, epoch } = await first.next('CONNECTED');
    await first.close();
    const second = await ada.listen(organization.slug, query(seq, epoch));
    await second.next('CONNECTED');
    expect((await second.next('INVALIDATE')).invalidateInfo.type).toBe('ALL');
    await second.close();
  });
});

describe('losing access', () => {
  test('a revoked session loses its sockets within a second, and no other does', async () => {
    const [laptop, phone] = await Promise.all([stack.person('carol'), stack.person('carol')]);
    const [kept, lost] = await Promise.all([
      laptop.listen(laptop.handle),
      phone.listen(laptop.handle),
    ]);
    await Promise.all([kept.next('CONNECTED'), lost.next('CONNECTED')]);

    await laptop.does('DELETE', `/api/auth/sessions/${phone.sessionId}`);
    const revoked = performance.now();
    const { code, at } = await lost.closed;
    expect(code).toBe(4401);
    expect(at - revoked).toBeLessThan(1_000);
    await kept.ping();
    expect(await refusal(phone.listen(laptop.handle))).toBe(401);
    await kept.close();
  });

  test('a removed member loses their sockets within a second, and cannot reconnect', async () => {
    const member = await ada.does('POST', `/api/organizations/${organization.slug}/members`, {
      email: 'bob@example.com',
      role: 'member',
    });
    const [hers, his] = await Promise.all([
      ada.listen(organization.slug),
      bob.listen(organization.slug),
    ]);
    await Promise.all([hers.next('CONNECTED'), his.next('CONNECTED')]);

    await ada.does('DELETE', `/api/organizations/${organization.slug}/members/${member.id}`);
    const removed = performance.now();
    const { code, at } = await his.closed;
    expect(code).toBe(4403);
    expect(at - removed).toBeLessThan(1_000);
    expect(await refusal(bob.listen(organization.slug))).toBe(404);
    await hers.ping();
    await hers.close();
  });

  test('a deleted organization has no sockets', async () => {
    const doomed = await ada.createOrganization('Short lived');
    const listener = await ada.listen(doomed.slug);
    await listener.next('CONNECTED');
    await ada.does('DELETE', `/api/organizations/${doomed.slug}`);
    expect((await listener.closed).code).toBe(4404);
  });
});

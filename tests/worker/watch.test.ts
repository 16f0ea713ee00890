// Watchers of a space, end to end: the edge, the API worker, the room, Postgres.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './support/http.ts';
import { keysOf } from './support/listener.ts';
import { newId, type Person } from './support/person.ts';
import { Refused } from './support/socket.ts';
import { type Stack, startStack } from './support/stack.ts';
import { Watcher } from './support/watcher.ts';

let stack: Stack;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  stack = await startStack();
  [ada, bob] = await Promise.all([stack.person('ada'), stack.person('bob')]);
});

afterAll(() => stack?.stop());

/** A new organization of Ada's with a space, which is published or not. */
async function newSpace(title: string, visibility: 'public' | 'unlisted' | 'private') {
  const organization = await ada.createOrganization(title);
  const spaces = `/api/organizations/${organization.id}/spaces`;
  const { id } = await ada.does('POST', spaces, { title });
  const path = `${spaces}/${id}`;
  if (visibility !== 'private') {
    await ada.does('POST', `${path}/publish`, { audience: visibility });
  }
  return {
    id: id as string,
    path,
    organization: organization.id,
    spaces,
    addItem: () => ada.does('POST', `${path}/items`, { kind: 'card', title: 'A card' }),
  };
}

/** Listens as a member, when the room has sent all that was committed before. */
async function listen(organization: string) {
  const listener = await ada.listen(organization);
  let { seq: at } = await listener.next('CONNECTED');
  const [last] = await stack.database.query<{ seq: string }>(
    'select seq from organization_sequence where organization_id = $1',
    [organization],
  );
  while (at < Number(last?.seq)) at = (await listener.next('INVALIDATE')).seq;
  return { listener, seq: at };
}

const watch = (space: string, headers = {}) =>
  Watcher.open(stack.origin, `/api/spaces/${space}/socket`, headers);

const asBrowser = (person: Person) => ({ cookie: person.cookie, origin: person.origin });

async function refusal(attempt: Promise<unknown>): Promise<number> {
  const error = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof Refused) return error.status;
  throw new Error(`expected a refusal, got ${error}`);
}

describe('watching', () => {
  test('a watcher learns that its space changed, and nothing else', async () => {
    const space = await newSpace('Garden', 'public');
    const other = await ada.does('POST', space.spaces, { title: 'Elsewhere' });
    const { listener } = await listen(space.organization);
    const [anonymous, stranger, member] = await Promise.all([
      watch(space.id),
      watch(space.id, asBrowser(bob)),
      watch(space.id, asBrowser(ada)),
    ]);
    const watchers = [anonymous, stranger, member];

    await space.addItem();
    const committed = performance.now();
    for (const watcher of watchers) {
      expect((await watcher.changed()) - committed).toBeLessThan(1_000);
    }

    // What concerns members only: another space, a desktop, a new member.
    const path = `/api/organizations/${space.organization}`;
    await ada.does('PATCH', `${space.spaces}/${other.id}`, { title: 'Elsewhere still' });
    await ada.does('POST', `${path}/workspaces`, { name: 'Writing' });
    const email = 'carol@example.com';
    await ada.does('POST', `${path}/members`, { email, role: 'member' });
    await listener.hears(['members', space.organization]);

    // The next text is about the next change.
    await ada.does('PATCH', space.path, { title: 'Park' });
    await listener.hears(['space', space.id]);
    for (const watcher of watchers) {
      await watcher.changed();
      await watcher.ping();
      expect(watcher.texts.map(({ text }) => text)).toEqual(['changed', 'changed']);
      await watcher.close();
    }
    await listener.close();
  });

  test('a burst of changes costs each watcher a text for each window', async () => {
    const space = await newSpace('Burst', 'unlisted');
    const { listener, seq } = await listen(space.organization);
    const watchers = await Promise.all(Array.from({ length: 20 }, () => watch(space.id)));
    await Promise.all(Array.from({ length: 10 }, () => space.addItem()));
    // A frame for each window reaches the member.
    let frames = 0;
    for (let at = seq; at < seq + 10; frames += 1) at = (await listener.next('INVALIDATE')).seq;
    for (const watcher of watchers) {
      await watcher.ping();
      expect(watcher.texts).toHaveLength(frames);
    }
    await Promise.all([...watchers.map((watcher) => watcher.close()), listener.close()]);
  });

  test('a watcher that sends a message loses the socket', async () => {
    const space = await newSpace('Talkative', 'public');
    const { listener } = await listen(space.organization);
    const watcher = await watch(space.id);
    watcher.say('{"type":"INVALIDATE"}');
    expect((await watcher.closed).code).toBe(1008);
    expect(watcher.texts).toEqual([]);
    await listener.ping();
    await listener.close();
  });

  test('kinds of sockets stay apart when the room was evicted', async () => {
    const space = await newSpace('Sleepy', 'public');
    const { listener, seq } = await listen(space.organization);
    const watcher = await watch(space.id);
    const loads = () =>
      stack.log.join('').split(`{"organization":"${space.organization}","room":"loaded"}`).length -
      1;
    const before = loads();
    // The runtime evicts an object that was idle for ten seconds. A heartbeat does not wake it.
    for (let second = 0; second < 11; second++) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await Promise.all([listener.ping(), watcher.ping()]);
    }
    await space.addItem();
    await watcher.changed();
    expect(loads()).toBe(before + 1);
    const frame = await listener.next('INVALIDATE');
    expect(frame.seq).toBe(seq + 1);
    expect(keysOf(frame)).toContainEqual(['items', space.id]);
    await ada.does('POST', `${space.path}/unpublish`);
    expect((await watcher.closed).code).toBe(4410);
    await listener.hears(['space', space.id]);
    expect(watcher.texts.map(({ text }) => text).join()).toMatch(/^changed(,changed)?$/);
    expect(listener.frames.map(({ type }) => type)).not.toContain('ERROR');
    await listener.close();
  }, 40_000);
});

describe('who may watch', () => {
  test('a private space is not found, as one that does not exist', async () => {
    const space = await newSpace('Diary', 'private');
    for (const id of [space.id, newId('spc')]) {
      expect(await refusal(watch(id))).toBe(404);
      expect(await refusal(watch(id, asBrowser(bob)))).toBe(404);
    }
    const member = await watch(space.id, asBrowser(ada));
    await space.addItem();
    await member.changed();
    await member.close();
  });

  test('a page of another site cannot use a session to watch', async () => {
    const space = await newSpace('Diary', 'private');
    for (const origin of ['https://evil.example', 'null']) {
      const headers = { cookie: ada.cookie, origin };
      expect(await refusal(watch(space.id, headers))).toBe(403);
    }
  });

  test('a plain request is told to upgrade', async () => {
    const space = await newSpace('Plain', 'public');
    expect((await ada.call('GET', `/api/spaces/${space.id}/socket`)).status).toBe(426);
  });
});

describe('losing sight', () => {
  test.each([
    ['unpublished', 'POST', '/unpublish'],
    ['deleted', 'DELETE', ''],
  ])('a space that is %s loses its watchers within a second', async (_, method, tail) => {
    const space = await newSpace('Short lived', 'public');
    const other = await ada.does('POST', space.spaces, { title: 'Stays' });
    await ada.does('POST', `${space.spaces}/${other.id}/publish`);
    const { listener } = await listen(space.organization);
    const [lost, member, kept] = await Promise.all([
      watch(space.id),
      watch(space.id, asBrowser(ada)),
      watch(other.id),
    ]);
    await ada.does(method, `${space.path}${tail}`);
    const committed = performance.now();
    for (const watcher of [lost, member]) {
      const { code, at } = await watcher.closed;
      expect(code).toBe(4410);
      expect(at - committed).toBeLessThan(1_000);
    }
    await kept.ping();
    await listener.ping();
    expect(await refusal(watch(space.id))).toBe(404);
    if (method === 'POST') await (await watch(space.id, asBrowser(ada))).close();
    await Promise.all([kept.close(), listener.close()]);
  });

  test('a guest loses the socket when session, team or grant end', async () => {
    const space = await newSpace('Shared', 'private');
    const grant = (principal: object) =>
      ada.does('POST', `${space.path}/grants`, { principal, level: 'view' });
    const phone = await stack.person('bob');
    const team = await bob.createOrganization('Team');
    const members = `/api/organizations/${team.id}/members`;
    const carol = await stack.person('carol');
    const { email } = await carol.does('GET', '/api/me');
    const member = await bob.does('POST', members, { email, role: 'member' });
    const { id } = await grant({ type: 'user', id: bob.id });
    await grant({ type: 'organization', id: team.id });
    await listen(space.organization).then(({ listener }) => listener.close());

    const [onPhone, onLaptop, hers] = await Promise.all([
      watch(space.id, asBrowser(phone)),
      watch(space.id, asBrowser(bob)),
      watch(space.id, asBrowser(carol)),
    ]);
    await space.addItem();
    for (const watcher of [onPhone, onLaptop, hers]) await watcher.changed();

    const within = async (watcher: Watcher, code: number) => {
      const committed = performance.now();
      const closed = await watcher.closed;
      expect(closed.code).toBe(code);
      expect(closed.at - committed).toBeLessThan(1_000);
    };
    await bob.does('DELETE', `/api/auth/sessions/${phone.sessionId}`);
    await within(onPhone, 4401);
    await Promise.all([onLaptop.ping(), hers.ping()]);
    await bob.does('DELETE', `${members}/${member.id}`);
    await within(hers, 4410);
    expect(await refusal(watch(space.id, asBrowser(carol)))).toBe(404);
    await onLaptop.closed;
    const again = await watch(space.id, asBrowser(bob));
    await ada.does('DELETE', `${space.path}/grants/${id}`);
    await within(again, 4410);
    // Bob still sees it through the team.
    await (await watch(space.id, asBrowser(bob))).close();
  });

  test('the holder of a share link watches until the link ends', async () => {
    const space = await newSpace('By link', 'private');
    const link = await ada.does('POST', `${space.path}/share-links`, {
      name: 'For Bob',
      level: 'view',
    });
    const path = new URL(link.url).pathname;
    await listen(space.organization).then(({ listener }) => listener.close());
    const page = await ask(stack.origin, path);
    expect(page.status).toBe(200);
    const socket = /data-live="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const watcher = await Watcher.open(stack.origin, socket);
    await space.addItem();
    await watcher.changed();
    await ada.does('DELETE', `${space.path}/share-links/${link.id}`);
    const committed = performance.now();
    const { code, at } = await watcher.closed;
    expect(code).toBe(4410);
    expect(at - committed).toBeLessThan(1_000);
    expect((await ask(stack.origin, path)).status).toBeOneOf([404, 410]);
    expect(await refusal(Watcher.open(stack.origin, socket))).toBeOneOf([404, 410]);
  });

  test('an ended session or membership closes its watchers', async () => {
    const space = await newSpace('Team', 'private');
    const members = `/api/organizations/${space.organization}/members`;
    const member = await ada.does('POST', members, { email: 'bob@example.com', role: 'member' });
    const phone = await stack.person('bob');
    const [onPhone, onLaptop, hers] = await Promise.all([
      watch(space.id, asBrowser(phone)),
      watch(space.id, asBrowser(bob)),
      watch(space.id, asBrowser(ada)),
    ]);
    await bob.does('DELETE', `/api/auth/sessions/${phone.sessionId}`);
    expect((await onPhone.closed).code).toBe(4401);
    await onLaptop.ping();
    await ada.does('DELETE', `${members}/${member.id}`);
    expect((await onLaptop.closed).code).toBe(4403);
    await hers.ping();
    await ada.does('DELETE', `/api/organizations/${space.organization}`);
    expect((await hers.closed).code).toBe(4404);
  });
});

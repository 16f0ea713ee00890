// A panic fails one request only.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, missingHeaders } from './support/http.ts';
import type { Person } from './support/person.ts';
import { eventually, type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;

beforeAll(async () => {
  stack = await startStack();
  ada = await stack.person('ada');
});

afterAll(() => stack?.stop());

/** Waits for a text in the log, which is written after the response. */
const logged = (text: string) =>
  eventually(`“${text}” in the log`, async () => stack.log.join('').includes(text) || undefined);

test('ten panics among four hundred requests affect no other request', async () => {
  const listener = await ada.listen(ada.handle);
  await listener.next('CONNECTED');
  // As many at the same time as Postgres has connections for.
  const ask = async (i: number) => {
    const panics = i % 40 === 20;
    const answer = await ada.call('GET', panics ? '/api/dev/panic' : '/api/me');
    expect(answer.status).toBe(panics ? 500 : 200);
    if (panics) expect(answer.json()).toMatchObject({ code: 'internal', status: 500 });
    else expect(answer.json()).toMatchObject({ id: ada.id });
  };
  let next = 0;
  const lane = async () => {
    while (next < 400) await ask(next++);
  };
  await Promise.all(Array.from({ length: 40 }, lane));
  // The room lives in the same instance.
  await listener.ping();
  await ada.does('POST', `/api/organizations/${ada.handle}/spaces`, { title: 'Still here' });
  await listener.next('INVALIDATE');
  await listener.close();
});

test('the text of a panic goes to the log and not to the client', async () => {
  const answer = await ask(stack.origin, '/api/dev/panic');
  expect(answer.text).not.toContain('requested by a test');
  expect(answer.text).not.toContain('.rs');
  await logged('requested by a test');
});

test('the answer to a panic has the request id and the headers of every answer', async () => {
  const given = '01890a5d-ac96-774b-bcce-b302099a8057';
  const panic = (id: string) =>
    ask(stack.origin, '/api/dev/panic', { headers: { 'x-request-id': id } });
  const kept = await panic(given);
  expect(kept.status).toBe(500);
  expect(kept.header('content-type')).toBe('application/problem+json');
  expect(kept.json().request_id).toBe(given);
  expect(kept.header('x-request-id')).toBe(given);
  expect(missingHeaders(kept)).toEqual([]);
  await logged(`request ${given} panicked`);
  // An id that is not a UUIDv7 is replaced.
  const other = await panic('mine');
  expect(other.json().request_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/);
  expect(other.header('x-request-id')).toBe(other.json().request_id);
});

// A panic is one request's misfortune.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './support/http.ts';
import type { Person } from './support/person.ts';
import { type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;

beforeAll(async () => {
  stack = await startStack();
  ada = await stack.person('ada');
});

afterAll(() => stack?.stop());

test('ten panics among four hundred requests hurt nobody else', async () => {
  const listener = await ada.listen(ada.handle);
  await listener.next('CONNECTED');
  // As many at once as Postgres takes connections without complaint.
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
  expect(answer.text).not.toContain('asked to');
  expect(answer.text).not.toContain('.rs');
  expect(stack.log.join('')).toContain('asked to');
});

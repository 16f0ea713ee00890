// Which worker has which paths: a path of the one is a 404 at the other, also past the edge.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from './support/person.ts';
import { type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;

beforeAll(async () => {
  stack = await startStack();
  ada = await stack.person('ada');
  const spaces = `/api/organizations/${ada.handle}/spaces`;
  await ada.does('POST', spaces, { title: 'Engines', slug: 'home' });
  await ada.does('POST', `${spaces}/home/publish`);
});

afterAll(() => stack?.stop());

test('pages are at the worker of pages, and operations at the API', async () => {
  const page = [`/@${ada.handle}`, `/@${ada.handle}.md`, '/_prox/live.js'];
  const operations = ['/api/health', '/api/auth/providers', '/api/openapi.json'];
  for (const [paths, has, hasNot] of [
    [page, 'prox-public', 'prox-api'],
    [operations, 'prox-api', 'prox-public'],
  ] as const) {
    for (const path of paths) {
      expect(await stack.workers.reach(has, path), `${has} ${path}`).toBe(200);
      expect(await stack.workers.reach(hasNot, path), `${hasNot} ${path}`).toBe(404);
      expect((await ada.call('GET', path)).status, path).toBe(200);
    }
  }
});

test('the edge leads nowhere to the worker of jobs', async () => {
  const import_ = 'imp_01h455vb4pex5vsknk084sn02q';
  for (const path of ['/', '/jobs', '/api/jobs', `/${import_}`]) {
    const answer = await ada.call('POST', path, import_);
    expect(answer.status, path).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('"more"');
  }
});

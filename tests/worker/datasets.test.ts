// Datasets in workerd: the edge, the API worker, the room, Postgres.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { keysOf } from './support/listener.ts';
import type { Person } from './support/person.ts';
import { eventually, type Stack, startStack } from './support/stack.ts';

let stack: Stack;
let ada: Person;
let datasets: string;
let organization: { id: string; slug: string };

beforeAll(async () => {
  stack = await startStack();
  ada = await stack.person('ada');
  organization = await ada.createOrganization('Analytical Engines');
  datasets = `/api/organizations/${organization.slug}/datasets`;
});

afterAll(() => stack?.stop());

test('a row and an event that becomes one reach the other clients', async () => {
  const sales = await ada.does('POST', datasets, {
    name: 'Sales',
    columns: [{ name: 'city' }, { name: 'price', type: 'numeric' }],
  });
  const listener = await ada.listen(organization.slug);
  await listener.next('CONNECTED');

  const row = await ada.does('POST', `${datasets}/sales/rows`, {
    values: { city: 'Rome', price: '12345678901234567890.50' },
  });
  expect(row.values).toEqual({ city: 'Rome', price: '12345678901234567890.50' });
  expect(keysOf(await listener.next('INVALIDATE'))).toContainEqual(['rows', sales.id]);

  const collector = {
    instance: 'main',
    event_type: 'order.paid',
    paths: { c1: '/payload/city', c2: '/payload/price' },
  };
  await ada.does('POST', `${datasets}/sales/collectors`, collector);
  expect(keysOf(await listener.next('INVALIDATE'))).toEqual([['collectors', sales.id]]);
  const events = `/api/organizations/${organization.slug}/instances/main/events`;
  const payload = { city: 'Oslo', price: 3 };
  await ada.does('POST', events, { type: 'order.paid', payload });
  expect(keysOf(await listener.next('INVALIDATE'))).toContainEqual(['rows', sales.id]);
  await listener.close();

  const page = await ada.does('GET', `${datasets}/sales/rows?sort=price&filter=city!=`);
  expect(page.items.map((it: typeof row) => it.values.city)).toEqual(['Oslo', 'Rome']);
  const answer = await ada.does('POST', `${datasets}/sales/query`, {
    group: [{ column: 'city' }],
    values: [{ function: 'sum', column: 'price' }],
    sort: { by: 'value', desc: true },
    limit: 1,
  });
  expect(answer).toEqual({
    groups: 2,
    rows: [{ group: ['Rome'], values: ['12345678901234567890.50'] }],
  });
});

test('a file is imported in steps, and every client sees how far it is', async () => {
  const listener = await ada.listen(organization.slug);
  await listener.next('CONNECTED');
  const cities = Array.from(
    { length: 60_000 },
    (_, n) => `${n},City number ${n},2024-05-01,${n}.25`,
  );
  const file = `id,name,founded,people\n${cities.join('\n')}\n`;
  expect(file.length).toBeGreaterThan(2_000_000);
  const imports = `/api/organizations/${organization.slug}/imports`;
  const begun = await ada.upload(`${imports}?file_name=cities.csv`, file);
  expect(begun.state).toBe('reading');
  const read = () => ada.does('GET', `${imports}/${begun.id}`);
  const until = (state: string) =>
    eventually(`the import is ${state}`, async () => {
      const now = await read();
      expect(now.problem).toBeNull();
      return now.state === state ? now : undefined;
    });
  const review = await until('review');
  expect(review.columns.map((it: { type: string }) => it.type)).toEqual([
    'integer',
    'text',
    'date',
    'number',
  ]);
  await ada.does('POST', `${imports}/${begun.id}/store`);
  const done = await until('done');
  expect([done.rows, done.bad_rows, done.changes.added]).toEqual([60_000, 0, 60_000]);
  const page = await ada.does('GET', `${datasets}/cities/rows?sort=-id&limit=1`);
  expect(page.items[0].values).toEqual({
    id: 59_999,
    name: 'City number 59999',
    founded: '2024-05-01',
    people: 59_999.25,
  });
  // Both passes took two steps, each of which was told, and the last also made a dataset.
  const named: string[] = [];
  while (!named.includes(`["rows","${done.dataset_id}"]`)) {
    named.push(...keysOf(await listener.next('INVALIDATE')).map((key) => JSON.stringify(key)));
  }
  expect(named).toContain(JSON.stringify(['import', begun.id]));
  await listener.close();
});

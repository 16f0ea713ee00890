// A person with a browser: steps that many tests begin with.

import { randomBytes, randomInt } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import type { Stack } from './stack.ts';

export interface Person {
  email: string;
  handle: string;
}

/** An unused email address. */
export const freshEmail = (name: string) => `${name}-${randomBytes(4).toString('hex')}@example.com`;

/** Calls the API with the page's session, as the page's scripts do. */
export async function call<T>(page: Page, method: string, path: string, data?: unknown) {
  const origin = baseOf(page);
  const response = await page.request.fetch(origin + path, { method, data, headers: { origin } });
  expect(response.status(), `${method} ${path}: ${await response.text()}`).toBeLessThan(300);
  return (response.status() === 204 ? undefined : await response.json()) as T;
}

/** The origin of the test's stack, even before the page was opened. */
const bases = new WeakMap<Page, string>();
const baseOf = (page: Page) => bases.get(page) ?? new URL(page.url()).origin;

/** Signs in through the API, without a home yet. */
export async function enter(page: Page, origin: string, name = 'Ada Lovelace'): Promise<Person> {
  bases.set(page, origin);
  const email = freshEmail(name.split(' ')[0]?.toLowerCase() ?? 'somebody');
  await call(page, 'POST', '/api/auth/dev', { email, name });
  const { handle } = await call<{ handle: string }>(page, 'GET', '/api/me');
  return { email, handle };
}

/** Signs in through the API, with a home that has these items. */
export async function settle(
  page: Page,
  origin: string,
  items: readonly object[] = [],
): Promise<Person & { home: string }> {
  const person = await enter(page, origin);
  const spaces = `/api/organizations/${person.handle}/spaces`;
  const { id } = await call<{ id: string }>(page, 'POST', spaces, {
    title: 'Ada Lovelace',
    description: 'Notes on the analytical engine.',
    slug: 'home',
  });
  for (const item of items) await call(page, 'POST', `${spaces}/${id}/items`, item);
  return { ...person, home: `${spaces}/${id}` };
}

interface Row {
  kind: 'card' | 'link';
  title: string;
  body?: string;
  url?: string;
  folder_id?: string;
}

/** Adds items at the end of a home in one statement: hundreds of requests take a minute. */
export async function addItems(stack: Stack, { home }: { home: string }, rows: readonly Row[]) {
  const first = randomInt(2 ** 40);
  const items = rows.map((row, at) => ({
    body: '',
    mode: row.kind === 'card' ? 'card' : 'tab',
    ...row,
    id: `itm_${String(first + at).padStart(26, '0')}`,
    position: 1_000_000 + at,
  }));
  const columns = 'id, folder_id, kind, title, body, url, mode, position';
  await stack.query(
    `insert into item (space_id, ${columns}, created_at, updated_at)
     select $1, ${columns}, now(), now()
     from json_to_recordset($2) x(id text, folder_id text, kind text, title text, body text,
       url text, mode text, position numeric)`,
    [home.split('/').at(-1), JSON.stringify(items)],
  );
}

/** One item of each of three kinds. */
export const threeThings = (tides: string, bank: string) => [
  { kind: 'app', title: 'Tide Table', url: tides, mode: 'embed' },
  { kind: 'link', title: 'Harbour Bank', url: bank, mode: 'tab' },
  {
    kind: 'card',
    title: 'What I am reading',
    body: '## This month\n\n- **Sketch of the Analytical Engine**, with [notes](https://example.com)\n- *Passages from the Life of a Philosopher*\n\nAsk me about either.',
  },
];

/** Opens the desktop, and waits until it receives changes. */
export async function openDesktop(page: Page, { handle }: Person): Promise<void> {
  await page.goto(`/o/${handle}/home`);
  await untilLive(page);
}

/** Waits until the tab receives changes live. */
export async function untilLive(page: Page): Promise<void> {
  await expect(connection(page)).toHaveText('Live');
}

/** The dock's text about the connection. */
export const connection = (page: Page) =>
  page.getByRole('navigation', { name: 'Dock' }).getByRole('status');

/** The tile of an item, or of a folder. */
export const tile = (page: Page, title: string) =>
  page.getByRole('main').locator('[data-tile]').filter({ hasText: title }).first();

/** A window by its title. */
export const windowOf = (page: Page, title: string) =>
  page.locator('[data-window]').and(page.getByRole('dialog', { name: title }));

/** The open modal dialog. */
export const dialog = (page: Page, title: string) =>
  page.getByRole('dialog', { name: title }).and(page.locator(':not([data-window])'));

/** The dialog that publishes the page, or says that it is published. */
export const publishDialog = (page: Page) =>
  page.getByRole('dialog', { name: /^(Publish this page|Your page is live)$/ });

/** Answers the question about private addresses: those of the tests' own sites are some. */
export const publishAnyway = (page: Page) =>
  page
    .getByRole('alertdialog', { name: 'Publish this as well?' })
    .getByRole('button', { name: 'Publish anyway' })
    .click();

/** Opens the dialog that publishes the page. */
export async function openPublish(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: /Change who sees this page$/ });
  const more = page
    .getByRole('navigation', { name: 'Dock' })
    .getByRole('button', { name: /^More/ });
  await expect(button.or(more).first()).toBeVisible();
  // On a phone it is behind one button, with other things.
  if (await button.isVisible()) await button.click();
  else {
    await more.click();
    await page.getByRole('menuitem', { name: /^Who sees this page/ }).click();
  }
}

/** Opens a system app from the dock. */
export async function openApp(page: Page, title: string) {
  const dock = page.getByRole('navigation', { name: 'Dock' });
  const button = dock.getByRole('button', { name: title });
  const apps = dock.getByRole('button', { name: 'Apps' });
  await expect(button.or(apps).first()).toBeVisible();
  // On a phone the apps that are not open are behind one button.
  if (await button.isVisible()) await button.click();
  else {
    await apps.click();
    await page.getByRole('menuitem', { name: title }).click();
  }
  const window = windowOf(page, title);
  await expect(window).toBeVisible();
  return window;
}

/** What this browser keeps of homes: for each kind of list, its JSON. */
export const keptLists = (page: Page) =>
  page.evaluate(async () => {
    // Opening it would create it before the shell does.
    const all = await indexedDB.databases();
    if (!all.some(({ name }) => name === 'prox')) return {};
    return new Promise<Record<string, string>>((resolve, reject) => {
      const opening = indexedDB.open('prox');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const { result: database } = opening;
        const reading = database.transaction('homes').objectStore('homes').getAll();
        reading.onsuccess = () => {
          database.close();
          const entries = reading.result as { key: string[]; data: string }[];
          resolve(Object.fromEntries(entries.map(({ key, data }) => [key[0], data])));
        };
      };
    });
  });

/** Waits until this browser can start the home without a network; it then shows the item, too. */
export async function untilKept(page: Page, item = ''): Promise<void> {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    if (serviceWorker.controller) return;
    await new Promise((resolve) =>
      serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
  });
  await expect
    .poll(() => keptLists(page))
    .toEqual({
      me: expect.any(String),
      organizations: expect.any(String),
      spaces: expect.any(String),
      items: expect.stringContaining(item),
    });
}

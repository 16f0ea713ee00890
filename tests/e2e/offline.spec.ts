// Starts without a network: the last known home, and how old it is.

import type { BrowserContext, Page } from '@playwright/test';
import { expectAccessible, expectInside, takePicture } from './support/inspect.ts';
import {
  call,
  connection,
  keptLists,
  openApp,
  openDesktop,
  type Person,
  settle,
  threeThings,
  tile,
  untilKept,
  untilLive,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

/** Opens the home, and waits until this browser can start without a network. */
async function keep(page: Page, person: Person): Promise<void> {
  await openDesktop(page, person);
  await untilKept(page);
}

const strip = (page: Page) => page.getByText(/^Offline · as of/);

async function startOffline(context: BrowserContext, path: string): Promise<Page> {
  await context.setOffline(true);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

test.use({ serviceWorkers: 'allow' });

test('without a network, the last known home opens and says how old it is', async ({
  page,
  context,
  stack,
}) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await page.clock.install({ time: new Date('2026-11-29T10:42:00Z') });
  await keep(page, person);
  // The time is noted when the tab is left.
  await page.goto('about:blank');

  const tab = await startOffline(context, '/');
  await expect(tile(tab, 'Tide Table')).toBeVisible();
  await expect(tile(tab, 'What I am reading')).toBeVisible();
  await expect(connection(tab)).toHaveText('Offline');
  await expect(strip(tab)).toHaveText(/^Offline · as of 10:42\sAM\. Changes need a connection\.$/);
  await expectAccessible(tab, 'an offline start');
  await takePicture(tab, 'offline start wide');
  await tab.setViewportSize({ width: 390, height: 844 });
  await expectInside(tab, 'an offline start');
  await takePicture(tab, 'offline start narrow');
  await tab.setViewportSize({ width: 1280, height: 720 });

  await test.step('system apps and dialogs open, and say what is missing', async () => {
    const settings = await openApp(tab, 'Settings');
    await expect(settings.getByRole('heading').first()).toBeVisible();
    const members = await openApp(tab, 'Members');
    await expect(members.getByText('You are offline')).toBeVisible();
  });

  await test.step('what changed meanwhile comes with the network', async () => {
    await call(page, 'POST', `${person.home}/items`, { kind: 'card', title: 'Meanwhile' });
    await context.setOffline(false);
    await expect(tile(tab, 'Meanwhile')).toBeVisible();
    await untilLive(tab);
    await expect(strip(tab)).toHaveCount(0);
  });
});

test('a reload without a network shows the same home', async ({ page, context, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'card', title: 'Packing list' }]);
  await keep(page, person);
  await context.setOffline(true);
  await page.reload();
  await expect(tile(page, 'Packing list')).toBeVisible();
  await expect(strip(page)).toBeVisible();
  await context.setOffline(false);
  await untilLive(page);
});

test('a session that ended meanwhile leads to the sign-in', async ({ page, context, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'card', title: 'Private note' }]);
  await keep(page, person);
  await page.close();
  const tab = await startOffline(context, `/o/${person.handle}/home`);
  await expect(tile(tab, 'Private note')).toBeVisible();
  await context.clearCookies();
  await context.setOffline(false);
  await expect(tab.getByRole('heading', { name: 'Sign in to Prox OS' })).toBeVisible();
  await expect(tab.getByRole('status').filter({ hasText: 'Your session has ended' })).toBeVisible();
  await expect.poll(() => keptLists(tab)).toEqual({});
});

test('signing out forgets the home in every tab', async ({ page, context, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'card', title: 'Private note' }]);
  await keep(page, person);
  const other = await context.newPage();
  await openDesktop(other, person);
  await page.bringToFront();
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Prox OS' })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Sign in to Prox OS' })).toBeVisible();
  await expect.poll(() => keptLists(page)).toEqual({});
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('usr_');

  const tab = await startOffline(context, `/o/${person.handle}/home`);
  await expect(tab.getByRole('heading', { name: 'You are offline' })).toBeVisible();
  await expect(tab.getByText('Private note')).toHaveCount(0);
});

test('a browser that forbids storage works as before', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'card', title: 'Packing list' }]);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.addInitScript(() => {
    const forbidden = () => {
      throw new DOMException('The request was denied.', 'SecurityError');
    };
    Object.defineProperty(globalThis, 'localStorage', { get: forbidden });
    Object.defineProperty(globalThis, 'sessionStorage', { get: forbidden });
    Object.defineProperty(globalThis, 'indexedDB', { get: forbidden });
    navigator.serviceWorker.register = forbidden;
  });
  await openDesktop(page, person);
  await expect(tile(page, 'Packing list')).toBeVisible();
  await page.reload();
  await untilLive(page);
  await expect(tile(page, 'Packing list')).toBeVisible();
  expect(problems).toEqual([]);
});

test('a browser without room says it once, and works', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'card', title: 'Packing list' }]);
  await page.addInitScript(() => {
    const full = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
    Storage.prototype.setItem = full;
    IDBObjectStore.prototype.put = full;
    Cache.prototype.put = full;
  });
  await openDesktop(page, person);
  await expect(page.getByText(/^This browser has no room left/)).toBeVisible();
  await expectAccessible(page, 'no room');
  await page.reload();
  await untilLive(page);
  await expect(tile(page, 'Packing list')).toBeVisible();
});

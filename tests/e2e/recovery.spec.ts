// The interface during outages, and that nothing is lost after them.

import type { Page } from '@playwright/test';
import { expectAccessible, takePicture } from './support/inspect.ts';
import {
  call,
  connection,
  dialog,
  enter,
  openApp,
  openDesktop,
  settle,
  tile,
  untilKept,
  untilLive,
  windowOf,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

test('a disconnected tab shows it, and later what changed meanwhile', async ({
  page,
  context,
  stack,
}) => {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  await page.evaluate(() => Object.assign(globalThis, { kept: 1 }));

  await context.setOffline(true);
  // Ends every socket; without a network, none connects again.
  await stack.workers.restart();
  await expect(connection(page)).toHaveText('Offline');
  await expect(page.getByText(/^Offline · as of/)).toBeVisible();
  await expectAccessible(page, 'offline');
  await takePicture(page, 'recovery offline');
  await call(page, 'POST', `${person.home}/items`, { kind: 'card', title: 'Meanwhile' });
  await expect(tile(page, 'Meanwhile')).toHaveCount(0);

  await context.setOffline(false);
  await expect(tile(page, 'Meanwhile')).toBeVisible();
  await untilLive(page);
  await expect(page.getByText(/^Offline · as of/)).toHaveCount(0);
  expect(await page.evaluate(() => 'kept' in globalThis)).toBe(true);
});

test('a change that cannot be sent is refused at once, and keeps what was typed', async ({
  page,
  context,
  stack,
}) => {
  await openDesktop(page, await settle(page, stack.origin));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const form = dialog(page, 'Add to this page');
  await form.getByText('Card', { exact: true }).click();
  await form.getByLabel('Title').fill('Written on a train');
  await context.setOffline(true);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByRole('alert')).toHaveText('You are offline. Nothing was changed.');
  await context.setOffline(false);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form).toBeHidden();
  await expect(tile(page, 'Written on a train')).toHaveCount(1);
});

test.describe('in a browser that keeps the shell', () => {
  test.use({ serviceWorkers: 'allow' });

  test('while the database is down, the page shows an error with its id, then the desktop again', async ({
    page,
    anonymous,
    stack,
  }) => {
    const person = await settle(page, stack.origin);
    await openDesktop(page, person);
    await stack.database.cut();
    try {
      await test.step('what was open stays, and a change says why it was not made', async () => {
        await page.getByRole('button', { name: 'Add', exact: true }).click();
        const form = dialog(page, 'Add to this page');
        await form.getByText('Card', { exact: true }).click();
        await form.getByLabel('Title').fill('Once');
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.status() === 503),
          form.getByRole('button', { name: 'Add', exact: true }).click(),
        ]);
        expect(answer.headers()['retry-after']).toBeTruthy();
        await expect(form.getByRole('alert')).toContainText(
          /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/,
        );
        await stack.database.mend();
        await form.getByRole('button', { name: 'Add', exact: true }).click();
        await expect(form).toBeHidden();
        await expect(tile(page, 'Once')).toHaveCount(1);
        await untilKept(page, 'Once');
        await stack.database.cut();
      });

      await test.step('a page that opens again shows what this browser kept', async () => {
        await page.reload();
        await expect(tile(page, 'Once')).toBeVisible();
        await expect(
          page.getByText(/^Prox OS does not answer · as of .* Trying again\.$/),
        ).toBeVisible();
        await expectAccessible(page, 'no answer');
        await takePicture(page, 'recovery no answer');
      });

      await test.step('a page that was not kept names the request', async () => {
        await page.evaluate(() => localStorage.removeItem('prox.kept'));
        await page.reload();
        const alert = page.getByRole('alert');
        await expect(alert.getByRole('heading')).toHaveText('This could not be loaded');
        await expect(alert).toContainText(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
        await expectAccessible(page, 'an error');
        await takePicture(page, 'recovery error');
      });

      await test.step('an anonymous reader gets an error page', async () => {
        const answer = await anonymous.goto(`/@${person.handle}`);
        expect(answer?.status()).toBe(503);
        await expect(
          anonymous.getByRole('heading', { name: 'This page cannot be reached right now' }),
        ).toBeVisible();
      });
    } finally {
      await stack.database.mend();
    }
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(tile(page, 'Once')).toBeVisible();
    await untilLive(page);
  });
});

const CARDS = ['One', 'Two', 'Three'].map((title) => ({ kind: 'card', title, body: 'Text.' }));

/** In the top bar; windows may have a button of that name, too. */
const add = (page: Page) =>
  page.getByRole('region', { name: 'Top bar' }).getByRole('button', { name: 'Add' });

const titles = (page: Page) => page.getByRole('main').locator('[data-tile]').allInnerTexts();

/** Takes the tile of one card to the far side of another one, and holds it there. */
async function holdTile(page: Page, title: string, beside: string) {
  await tile(page, title).hover();
  await expect(tile(page, title).locator('xpath=ancestor::*[@draggable="true"]')).toHaveCount(1);
  await page.mouse.down();
  const box = await tile(page, beside).boundingBox();
  if (!box) throw new Error('no tile is seen');
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2, { steps: 10 });
  await expect(page.locator('[data-drop]')).toHaveCount(1);
}

test('a network that is lost during a drag loses nothing', async ({ page, context, stack }) => {
  const ada = await settle(page, stack.origin, CARDS);
  await openDesktop(page, ada);
  const before = await titles(page);
  const window = windowOf(page, 'Three');

  await test.step('a tile goes back, and one sentence says why', async () => {
    await holdTile(page, 'One', 'Three');
    await context.setOffline(true);
    await page.mouse.up();
    await expect(page.getByText('You are offline. Nothing was changed.')).toHaveCount(1);
    await expect.poll(() => titles(page)).toEqual(before);
    await expect(page.locator('[data-dragging], [data-drop]')).toHaveCount(0);
    await context.setOffline(false);
  });

  await test.step('a window stays where it is put, and is saved later', async () => {
    await tile(page, 'Three').click();
    await expect(window).toBeVisible();
    const box = await window.locator('h2').boundingBox();
    if (!box) throw new Error('no window is seen');
    await page.mouse.move(box.x + 20, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x - 180, box.y + 68, { steps: 5 });
    await context.setOffline(true);
    await page.mouse.move(box.x - 200, box.y + 78);
    await page.mouse.up();
    const saved = page.waitForResponse(
      (response) => response.url().includes('/workspaces') && response.ok(),
    );
    await expect.poll(async () => (await window.locator('h2').boundingBox())?.x).toBe(box.x - 220);
    await context.setOffline(false);
    await saved;
    await page.reload();
    await expect.poll(async () => (await window.locator('h2').boundingBox())?.x).toBe(box.x - 220);
  });

  await test.step('and the tile can be moved then', async () => {
    await page.getByRole('button', { name: 'Close Three' }).click();
    await holdTile(page, 'One', 'Three');
    await page.mouse.up();
    await expect.poll(() => titles(page)).toEqual([before[1], before[2], before[0]]);
  });
});

test('an API that fails for a while keeps what is open, and is used again by itself', async ({
  page,
  stack,
}) => {
  const ada = await settle(page, stack.origin, CARDS);
  await openDesktop(page, ada);
  const before = await titles(page);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const form = dialog(page, 'Add to this page');
  await form.getByText('Card', { exact: true }).click();
  await form.getByLabel('Title').fill('Typed before');

  let failed = 0;
  const api = /\/api\/(?!auth)/;
  await page.route(api, (route) => {
    failed += 1;
    return route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 500, code: 'internal', title: 'Something broke on our side' }),
    });
  });
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByRole('alert')).toHaveText(/^Something broke on our side/);
  await expect(form.getByLabel('Title')).toHaveValue('Typed before');
  await expectAccessible(page, 'an API that fails');
  await takePicture(page, 'recovery 500');
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();

  await test.step('a tile that is moved goes back', async () => {
    await holdTile(page, 'One', 'Three');
    await page.mouse.up();
    await expect.poll(() => titles(page)).toEqual(before);
  });

  await test.step('a window is opened and moved', async () => {
    await openApp(page, 'Members');
    await expect(windowOf(page, 'Members')).toBeVisible();
  });

  await test.step('it is asked calmly', async () => {
    await call(page, 'POST', `${ada.home}/items`, { kind: 'card', title: 'Meanwhile' });
    await expect(
      page.getByText(/^Prox OS does not answer · as of .* Trying again\.$/),
    ).toBeVisible();
    expect(failed).toBeLessThan(40);
  });

  await page.unroute(api);
  await expect(tile(page, 'Meanwhile')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/^Prox OS does not answer/)).toHaveCount(0);
  await add(page).click();
  await expect(form.getByLabel('Title')).toHaveValue('Typed before');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(tile(page, 'Typed before')).toHaveCount(1);
});

test('a space that is deleted while it is open says so in every tab', async ({
  page,
  context,
  browser,
  stack,
}) => {
  const ada = await settle(page, stack.origin, CARDS);
  const organization = `/api/organizations/${ada.handle}`;
  const space = await call<{ id: string }>(page, 'POST', `${organization}/spaces`, {
    title: 'Workshop',
    slug: 'workshop',
  });
  const path = `${organization}/spaces/${space.id}`;
  await call(page, 'POST', `${path}/items`, { kind: 'card', title: 'Plan', body: 'A plan.' });
  const other = await browser.newContext({ baseURL: stack.origin });
  const grace = await other.newPage();
  const { email } = await enter(grace, stack.origin, 'Grace Hopper');
  await call(page, 'POST', `${organization}/members`, { email, role: 'member' });
  const address = `/o/${ada.handle}/workshop`;
  const second = await context.newPage();
  for (const tab of [page, second, grace]) {
    await tab.goto(address);
    await untilLive(tab);
  }
  await tile(page, 'Plan').click();
  await expect(windowOf(page, 'Plan')).toContainText('A plan.');
  await tile(second, 'Plan').press('F2');
  const form = dialog(second, 'Edit card');
  await form.getByLabel('Title').fill('Plan B');

  await call(page, 'DELETE', path);
  for (const tab of [page, second, grace])
    await expect(tab.getByText('There is no such space')).toBeVisible();
  await expect(page.getByText('This item is gone')).toBeVisible();
  await expect(dialog(second, 'Edit').getByText('Plan B')).toBeVisible();
  await expect(dialog(second, 'Edit')).toContainText('Somebody deleted the page that it was on.');
  await expectAccessible(page, 'a space that is gone');
  await takePicture(page, 'recovery space gone');
  await takePicture(second, 'recovery space gone, editing');
  await page.getByRole('button', { name: /^Switch space/ }).click();
  await page.getByRole('menuitemcheckbox', { name: /^Ada Lovelace|^Home/ }).click();
  await expect(tile(page, 'One')).toBeVisible();
  await other.close();
});

test('a desktop goes on when the code of a part of it cannot be fetched', async ({
  page,
  stack,
}) => {
  const ada = await settle(page, stack.origin);
  await page.route(/assets\/(NotificationsButton|DesktopGestures|OfflineStrip)-/, (route) =>
    route.abort(),
  );
  await openDesktop(page, ada);
  await expect(page.getByRole('heading', { name: 'Ada Lovelace' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Notifications/ })).toHaveCount(0);
  await openApp(page, 'Members');
});

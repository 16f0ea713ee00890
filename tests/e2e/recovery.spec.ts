// The interface during outages, and that nothing is lost after them.

import { expectAccessible, takePicture } from './support/inspect.ts';
import {
  call,
  connection,
  dialog,
  openApp,
  openDesktop,
  settle,
  tile,
  untilKept,
  untilLive,
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
      await expect(form.getByRole('alert')).toContainText(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
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

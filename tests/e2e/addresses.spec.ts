// Windows and dialogs have URLs. Back closes the front one before it leaves the page.

import type { Page } from '@playwright/test';
import {
  call,
  dialog,
  openApp,
  openDesktop,
  settle,
  threeThings,
  tile,
  windowOf,
} from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await page.goto('/sign-in');
  await openDesktop(page, person);
  return person;
}

for (const { on, viewport } of [
  { on: 'a phone', viewport: { width: 390, height: 844 } },
  { on: 'a laptop', viewport: { width: 1440, height: 900 } },
]) {
  test.describe(`on ${on}`, () => {
    test.use({ viewport });

    test('Back closes a dialog, then the windows, then leaves', async ({ page, stack }) => {
      const person = await arrive(page, stack);
      const home = `/o/${person.handle}/home`;
      await openApp(page, 'Members');
      await openApp(page, 'Instances');
      await windowOf(page, 'Instances')
        .getByRole('button', { name: /^Rename/ })
        .first()
        .click();
      const form = dialog(page, 'Rename Main');
      await expect(form).toBeVisible();
      await expect(page).toHaveURL(/\?window=members&window=instances&dialog=rename-instance&/);
      await page.goBack();
      await expect(form).toBeHidden();
      await expect(windowOf(page, 'Instances')).toBeVisible();
      await page.goBack();
      await expect(windowOf(page, 'Instances')).toHaveCount(0);
      await expect(page).toHaveURL(`${home}?window=members`);
      await page.goBack();
      await expect(windowOf(page, 'Members')).toHaveCount(0);
      await expect(page).toHaveURL(home);
      await page.goBack();
      await expect(page).toHaveURL('/sign-in');
    });

    test('Back closes an open menu, and nothing behind it', async ({ page, stack }) => {
      const person = await arrive(page, stack);
      const menu = page.getByRole('menu');
      const spaces = page.getByRole('button', { name: /^Switch space/ });
      await spaces.click();
      await expect(menu).toBeVisible();
      await page.goBack();
      await expect(menu).toBeHidden();
      await expect(page).toHaveURL(`/o/${person.handle}/home`);

      await tile(page, 'What I am reading').click();
      const window = windowOf(page, 'What I am reading');
      await window.getByRole('button', { name: /^Menu/ }).click();
      await expect(menu).toBeVisible();
      await page.goBack();
      await expect(menu).toBeHidden();
      await expect(window).toBeVisible();
      // A menu that was closed in another way removes its history entry.
      await window.getByRole('button', { name: /^Menu/ }).click();
      await expect(menu).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(menu).toBeHidden();
      await expect(window).toBeVisible();
      await page.goBack();
      await expect(window).toHaveCount(0);
      await page.goBack();
      await expect(page).toHaveURL('/sign-in');
    });

    test('a space chosen from a menu adds one history entry', async ({ page, stack }) => {
      const person = await arrive(page, stack);
      await call(page, 'POST', `/api/organizations/${person.handle}/spaces`, {
        title: 'Workshop',
        slug: 'workshop',
      });
      await page.reload();
      const choose = async (name: string) => {
        await page.getByRole('button', { name: /^Switch space/ }).click();
        await page.getByRole('menuitemcheckbox', { name }).click();
        await expect(page.getByRole('menu')).toBeHidden();
      };
      await choose('Workshop');
      await expect(page).toHaveURL(`/o/${person.handle}/workshop`);
      // The space that is shown already adds none.
      await choose('Workshop');
      await page.goBack();
      await expect(page).toHaveURL(`/o/${person.handle}/home`);
      await page.goForward();
      await expect(page).toHaveURL(`/o/${person.handle}/workshop`);
      await expect(page.getByRole('heading', { name: 'Workshop', level: 1 })).toBeVisible();
      await page.goBack();
      await page.goBack();
      await expect(page).toHaveURL('/sign-in');
    });

    test('closing a window removes its history entry', async ({ page, stack }) => {
      await arrive(page, stack);
      await openApp(page, 'Members');
      await page.getByRole('button', { name: 'Close Members' }).click();
      await expect(page).not.toHaveURL(/window=/);
      await page.goBack();
      await expect(page).toHaveURL('/sign-in');
    });

    test('open windows are there after a reload, and for the people with whom the URL is shared', async ({
      page,
      context,
      stack,
    }) => {
      await arrive(page, stack);
      await tile(page, 'What I am reading').click();
      await windowOf(page, 'What I am reading').getByRole('button', { name: /^Menu/ }).click();
      await page.getByRole('menuitem', { name: 'Edit' }).click();
      const form = dialog(page, 'Edit card');
      await expect(form.getByLabel('Title')).toHaveValue('What I am reading');
      await page.reload();
      await expect(form.getByLabel('Title')).toHaveValue('What I am reading');
      // Behind a modal dialog it is hidden from roles.
      await expect(page.locator('[data-window]')).toBeVisible();

      const other = await context.newPage();
      await other.goto(page.url());
      await expect(dialog(other, 'Edit card')).toBeVisible();
      await other.goBack();
      await expect(dialog(other, 'Edit card')).toBeHidden();
      const window = windowOf(other, 'What I am reading');
      await expect(window).toBeVisible();
      if (viewport.width > 640)
        await expect.poll(async () => (await window.boundingBox())?.width).toBe(600);
    });
  });
}

test('a dialog that leads to a new page leaves no history entry', async ({ page, stack }) => {
  const person = await arrive(page, stack);
  await page.getByRole('button', { name: /^Switch space/ }).click();
  await page.getByRole('menuitem', { name: 'New space' }).click();
  const form = dialog(page, 'New space');
  await form.getByLabel('Title').fill('Workshop');
  await form.getByRole('button', { name: 'Create space' }).click();
  await expect(page.getByRole('heading', { name: 'Workshop', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(`/o/${person.handle}/workshop`);
  await page.goBack();
  await expect(page).toHaveURL(`/o/${person.handle}/home`);
  await expect(form).toBeHidden();
});

test('a confirmation in front of a window is closed first', async ({ page, stack }) => {
  await arrive(page, stack);
  const domains = await openApp(page, 'Domains');
  await domains.getByLabel('Hostname').fill('ada.example.com');
  await domains.getByRole('button', { name: 'Add', exact: true }).click();
  await domains.getByRole('button', { name: 'Remove ada.example.com' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toBeVisible();
  await page.goBack();
  await expect(question).toBeHidden();
  await expect(domains).toBeVisible();
  await expect(domains.getByRole('heading', { name: 'ada.example.com' })).toBeVisible();
});

test('minimized windows and the places of windows are there after a reload', async ({
  page,
  context,
  stack,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await arrive(page, stack);
  const inDock = (on: Page, name: string) =>
    on.getByRole('navigation', { name: 'Dock' }).getByRole('button', { name });
  await tile(page, 'What I am reading').click();
  await page.getByRole('button', { name: 'Minimize What I am reading' }).click();
  const members = await openApp(page, 'Members');
  await members.getByRole('button', { name: /^Menu/ }).click();
  await page.getByRole('menuitem', { name: 'Right half' }).click();
  // It moves there in a transition.
  await expect.poll(async () => (await members.boundingBox())?.x).toBe(720);
  const place = await members.boundingBox();
  await page.reload();
  await expect.poll(async () => members.boundingBox()).toEqual(place);
  const card = windowOf(page, 'What I am reading');
  await expect(card).toBeHidden();
  await inDock(page, 'What I am reading, open window').click();
  await expect(card).toBeVisible();

  await test.step('and in another tab', async () => {
    await page.getByRole('button', { name: 'Minimize What I am reading' }).click();
    const other = await context.newPage();
    await other.goto(page.url());
    await expect(windowOf(other, 'Members')).toBeVisible();
    await expect(inDock(other, 'What I am reading, open window')).toBeVisible();
    await expect(windowOf(other, 'What I am reading')).toBeHidden();
  });
});

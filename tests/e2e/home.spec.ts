// The main use of the product: from a first sign-in to a home that others see live.

import type { Page } from '@playwright/test';
import {
  dialog,
  freshEmail,
  openApp,
  publishAnyway,
  publishDialog,
  tile,
  untilLive,
  windowOf,
} from './support/person.ts';
import { message } from './support/slack.ts';
import { CNAME_TARGET, type Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

const HOST = 'home.ada.example';

test('a new home is published, seen live by an anonymous reader, and unpublished', async ({
  page,
  anonymous,
  stack,
  browser,
}) => {
  let handle = '';
  const { port } = new URL(stack.origin);
  const customHost = `http://${HOST}:${port}/`;

  await test.step('sign in', async () => {
    await page.goto('/');
    await page.getByLabel('Email').fill(freshEmail('ada'));
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByRole('button', { name: 'Sign in' }).click();
  });

  await test.step('make a home, and leave the rest for later', async () => {
    await expect(page.getByRole('heading', { name: 'Make your home' })).toBeVisible();
    await expect(page.getByLabel('Title')).toHaveValue('Ada Lovelace');
    await page.getByLabel('One line about it').fill('Notes on the analytical engine.');
    await page.getByRole('button', { name: 'Make my home' }).click();
    await expect(page.getByRole('heading', { name: 'Add three things' })).toBeVisible();
    await page.getByRole('button', { name: 'Skip' }).click();
    await expect(page.getByRole('heading', { name: 'Show it to somebody' })).toBeVisible();
    await page.getByRole('button', { name: 'Skip' }).click();
    await expect(page.getByRole('heading', { name: 'Nothing is here yet' })).toBeVisible();
    await untilLive(page);
    handle = new URL(page.url()).pathname.split('/')[2] ?? '';
  });

  await test.step('add an app that lets itself be framed', async () => {
    const address = page.getByRole('textbox', { name: 'An address' });
    await address.fill(stack.tideTable.origin);
    await address.press('Enter');
    const form = dialog(page, 'Add to this page');
    await expect(form.getByText('Opens in a window, right here.')).toBeVisible();
    await expect(form.getByLabel('Title')).toHaveValue('Tide Table');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form).toBeHidden();
    await tile(page, 'Tide Table').click();
    const frame = windowOf(page, 'Tide Table').frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: 'High water at 14:32' })).toBeVisible();
    await frame.getByRole('button', { name: 'Mark' }).click();
    await expect(frame.getByRole('button', { name: 'Marked' })).toBeVisible();
    await page.getByRole('button', { name: 'Close Tide Table' }).click();
    await expect(windowOf(page, 'Tide Table')).toHaveCount(0);
  });

  await test.step('add one that does not', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const form = dialog(page, 'Add to this page');
    await form.getByRole('textbox', { name: 'Address' }).fill(stack.bank.origin);
    await expect(form.getByText('Opens in a new tab.')).toBeVisible();
    await expect(form.getByText(/may not be shown inside any other page/)).toBeVisible();
    await expect(form.getByRole('radio', { name: 'Window' })).toBeDisabled();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form).toBeHidden();
    const [outside] = await Promise.all([
      page.waitForEvent('popup'),
      tile(page, 'Harbour Bank').click(),
    ]);
    await expect(outside.getByRole('heading', { name: 'Your accounts' })).toBeVisible();
    await outside.close();
  });

  await test.step('add a card', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const form = dialog(page, 'Add to this page');
    await form.getByText('Card', { exact: true }).click();
    await form.getByLabel('Title').fill('What I am reading');
    await form.getByLabel('Text').fill('A **sketch** of the engine.');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(tile(page, 'What I am reading')).toContainText('A sketch of the engine.');
  });

  await test.step('an anonymous reader sees nothing before it is published', async () => {
    await anonymous.goto(`/@${handle}`);
    await expect(anonymous.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  });

  await test.step('publish', async () => {
    await page.getByRole('button', { name: /^Private/ }).click();
    const form = publishDialog(page);
    await form.getByRole('radio', { name: /^Public/ }).check();
    await form.getByRole('button', { name: 'Publish' }).click();
    await publishAnyway(page);
    await expect(form.getByRole('heading', { name: 'Your page is live' })).toBeVisible();
    await expect(form.getByText(`${new URL(stack.origin).host}/@${handle}`)).toBeVisible();
    await expect(
      form.getByRole('img', { name: `QR code of ${stack.origin}/@${handle}` }),
    ).toBeVisible();
    const preview = form.frameLocator('iframe');
    await expect(preview.getByRole('heading', { level: 1 })).toHaveText('Ada Lovelace');
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      form.getByRole('button', { name: 'PNG' }).click(),
    ]);
    expect(picture.suggestedFilename()).toBe(`${handle}.png`);
    await form.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('button', { name: /^Public/ })).toBeVisible();
  });

  await test.step('the anonymous reader sees it at the handle', async () => {
    await expect(async () => {
      await anonymous.goto(`/@${handle}`);
      await expectTheHome(anonymous, 1_000);
    }).toPass({ timeout: 10_000 });
  });

  await test.step('and on a host of its own, once its records are there', async () => {
    const window = await openApp(page, 'Domains');
    await window.getByLabel('Hostname').fill(HOST);
    await window.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(window.getByText('Waiting for its records')).toBeVisible();
    stack.dns[HOST] = { CNAME: [`${CNAME_TARGET}.`] };
    await window.getByRole('button', { name: 'Verify' }).click();
    await expect(window.getByText(/There is no TXT record at/)).toBeVisible();
    await createRecords(window, stack);
    await window.getByRole('button', { name: 'Verify' }).click();
    await expect(window.getByRole('status')).toHaveText(/^Verified/);
    await page.getByRole('button', { name: 'Close Domains' }).click();
  });

  const onHost = await anonymous.context().newPage();

  await test.step('the anonymous reader sees it there too', async () => {
    await onHost.goto(customHost);
    await expectTheHome(onHost);
    expect(await onHost.context().cookies(customHost)).toEqual([]);
  });

  await test.step('an edit shows on both pages without a reload', async () => {
    for (const seen of [anonymous, onHost])
      await seen.evaluate(() => Object.assign(window, { kept: 1 }));
    await tile(page, 'What I am reading').focus();
    await page.keyboard.press('F2');
    const form = dialog(page, 'Edit card');
    await form.getByLabel('Title').fill('What I have read');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    for (const seen of [anonymous, onHost]) {
      await expect(seen.getByRole('main')).toContainText('What I have read');
      expect(await seen.evaluate(() => 'kept' in window)).toBe(true);
    }
  });

  await test.step('the page is whole without scripts', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(customHost);
    await expect(plain.getByRole('link', { name: /Harbour Bank/ })).toBeVisible();
    await expect(plain.getByRole('main')).toContainText('What I have read');
    await context.close();
  });

  await test.step('connect Slack', async () => {
    const window = await openApp(page, 'Connectors');
    await window.getByRole('link', { name: 'Connect Slack' }).click();
    await page.getByRole('link', { name: 'Allow' }).click();
    await expect(page.getByText('Slack is connected.')).toBeVisible();
    // The window is open again, as the desktop keeps it.
    await expect(page).toHaveURL(`/o/${handle}/home?window=connectors`);
    await expect(window.getByText('Harbour Crew')).toBeVisible();
    await page.getByRole('button', { name: 'Close Connectors' }).click();
  });

  await test.step('a message in Slack appears by itself', async () => {
    const window = await openApp(page, 'Events');
    await expect(window.getByRole('heading', { name: 'Nothing happened yet' })).toBeVisible();
    await untilLive(page);
    await page.evaluate(() => Object.assign(globalThis, { kept: 1 }));
    const { body, headers } = message(stack.slack.teamId, 'The engine weaves algebraic patterns');
    const answer = await fetch(`${stack.origin}/hooks/slack`, { method: 'POST', body, headers });
    expect(answer.status).toBe(200);
    const row = window.getByRole('listitem').filter({ hasText: 'slack.message' });
    await expect(row).toContainText('The engine weaves algebraic patterns');
    await expect(row.getByText('new', { exact: true })).toBeVisible();
    expect(await page.evaluate(() => 'kept' in globalThis)).toBe(true);
  });

  await test.step('sign out', async () => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Prox OS' })).toBeVisible();
    await page.goto(`/o/${handle}/home`);
    await expect(page.getByRole('heading', { name: 'Sign in to Prox OS' })).toBeVisible();
  });
});

/** The items that an anonymous reader sees, in their order. */
async function expectTheHome(page: Page, timeout?: number): Promise<void> {
  const options = timeout === undefined ? {} : { timeout };
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1 })).toHaveText('Ada Lovelace', options);
  await expect(main).toContainText(/Tide Table.*Harbour Bank.*What I am reading/s, options);
  await expect(main.getByText('sketch')).toBeVisible(options);
}

/** Creates the DNS records that the window shows. */
async function createRecords(window: ReturnType<Page['locator']>, stack: Stack): Promise<void> {
  for (const record of await window.locator('li:not(:has(li))').all()) {
    const [name = '', value = ''] = await record.locator('code').allTextContents();
    const type = await record.locator('p').first().textContent();
    if (type) stack.dns[name] = { [type]: [type === 'TXT' ? `"${value}"` : `${value}.`] };
  }
}

// Signing in and out.

import type { Page } from '@playwright/test';
import { expectAccessible } from './support/inspect.ts';
import { call, openApp, openDesktop, settle, untilLive, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

const signInPage = (page: Page) => page.getByRole('heading', { name: 'Sign in to Prox OS' });

test('with Google, also after a refusal there', async ({ page, stack }) => {
  await page.goto('/');
  await expect(signInPage(page)).toBeVisible();
  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert')).toHaveText('Google was not allowed to sign you in.');
  expect(await page.context().cookies(stack.origin)).toEqual([]);

  await page.getByRole('link', { name: 'Continue with Google' }).click();
  await page.getByRole('link', { name: 'Continue as Grace Hopper' }).click();
  await expect(page.getByLabel('Title')).toHaveValue('Grace Hopper');
  const cookies = await page.context().cookies(stack.origin);
  expect(cookies.map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: 'prox', httpOnly: true, sameSite: 'Lax' },
  ]);
});

test('a deep link is kept through the sign-in', async ({ page, browser, stack }) => {
  const person = await settle(page, stack.origin);
  const elsewhere = await (await browser.newContext({ baseURL: stack.origin })).newPage();
  await elsewhere.goto(`/o/${person.handle}/home`);
  await elsewhere.getByLabel('Email').fill(person.email);
  await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click();
  await untilLive(elsewhere);
  expect(new URL(elsewhere.url()).pathname).toBe(`/o/${person.handle}/home`);
  await elsewhere.context().close();
});

test('a deep link is kept after a refusal at Google', async ({ page, browser, stack }) => {
  const person = await settle(page, stack.origin);
  const elsewhere = await (await browser.newContext({ baseURL: stack.origin })).newPage();
  await elsewhere.goto(`/o/${person.handle}/home`);
  await elsewhere.getByRole('link', { name: 'Continue with Google' }).click();
  await elsewhere.getByRole('link', { name: 'Cancel' }).click();
  await expect(elsewhere.getByRole('alert')).toBeVisible();
  const again = elsewhere.getByRole('link', { name: 'Continue with Google' });
  const path = encodeURIComponent(`/o/${person.handle}/home`);
  await expect(again).toHaveAttribute('href', new RegExp(`return_to=${path}$`));
  await elsewhere.getByLabel('Email').fill(person.email);
  await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click();
  await untilLive(elsewhere);
  expect(new URL(elsewhere.url()).pathname).toBe(`/o/${person.handle}/home`);
  await elsewhere.context().close();
});

test('signing in again in one tab keeps the other', async ({ page, context, stack }) => {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  const other = await context.newPage();
  const again = page.waitForEvent('websocket');
  await other.goto('/sign-in');
  await other.getByLabel('Email').fill(person.email);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await untilLive(other);
  // The other tab opened a new socket, with the new session.
  await again;
  await untilLive(page);
  expect(new URL(page.url()).pathname).toBe(`/o/${person.handle}/home`);
  const path = '/api/auth/sessions';
  expect(await call<{ items: object[] }>(page, 'GET', path)).toMatchObject({ items: [{}] });
});

test('signing out in one tab is noticed in the other', async ({ page, context, stack }) => {
  const person = await settle(page, stack.origin);
  const other = await context.newPage();
  await openDesktop(page, person);
  await openDesktop(other, person);
  await page.bringToFront();
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(signInPage(page)).toBeVisible();
  await expect(signInPage(other)).toBeVisible();
  // The next sign-in is noticed, too.
  await page.getByLabel('Email').fill(person.email);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await untilLive(page);
  await untilLive(other);
  expect(new URL(other.url()).pathname).toBe(`/o/${person.handle}/home`);
});

test('a sign-in on another device is ended from the settings, at once', async ({
  page,
  browser,
  stack,
}) => {
  const person = await settle(page, stack.origin);
  const laptop = await (await browser.newContext({ baseURL: stack.origin })).newPage();
  await laptop.goto('/');
  await laptop.getByLabel('Email').fill(person.email);
  await laptop.getByRole('button', { name: 'Sign in', exact: true }).click();
  await untilLive(laptop);

  await openDesktop(page, person);
  const settings = await openApp(page, 'Settings');
  await settings.getByRole('button', { name: 'End', exact: true }).click();
  await expect(signInPage(laptop)).toBeVisible();
  await expect(settings.getByText('This one')).toBeVisible();
  await expect(settings.getByRole('button', { name: 'End', exact: true })).toHaveCount(0);
  await laptop.context().close();
});

test('a screensaver locks when nobody is there, and the sign-in leads back', async ({
  page,
  context,
  stack,
}) => {
  await page.clock.install();
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  const other = await context.newPage();
  await openDesktop(other, person);
  await page.bringToFront();
  const settings = await openApp(page, 'Settings');
  await settings.getByText('Clock', { exact: true }).click();
  await settings.getByLabel('Lock when it starts').check();
  const screensaver = page.getByRole('dialog', { name: 'Screensaver' });
  const start = async () => {
    await page.clock.fastForward('00:10:05');
    await expect(screensaver).toContainText('Locks in 20 seconds.');
  };

  await test.step('a preview does not lock', async () => {
    await settings.getByRole('button', { name: 'Show it now' }).press('Enter');
    await expect(screensaver).toBeFocused();
    await expect(screensaver).not.toContainText('Locks');
    await page.keyboard.press('Escape');
    await expect(screensaver).toBeHidden();
  });

  await test.step('offline it says that it cannot, and the person goes on', async () => {
    const preferences = () => call<{ values: object }>(page, 'GET', '/api/me/preferences');
    await expect.poll(preferences).toMatchObject({ values: { screensaver_lock: true } });
    await context.setOffline(true);
    await start();
    await page.clock.fastForward('00:00:20');
    await expect(screensaver).toContainText('Not locked: there is no connection.');
    await page.keyboard.press('Escape');
    await expect(screensaver).toBeHidden();
    await context.setOffline(false);
    await untilLive(page);
  });

  await test.step('work in another tab ends it', async () => {
    await start();
    await other.keyboard.press('Shift');
    await expect(screensaver).toBeHidden();
  });

  await test.step('it ends the session of all tabs, and keeps what is not saved', async () => {
    await settings.getByLabel('Name', { exact: true }).fill('Countess Lovelace');
    await settings.getByText('Roomy', { exact: true }).click();
    await start();
    await page.clock.fastForward('00:00:20');
    await expect(screensaver).toContainText('Locked. Press a key or touch the screen to sign in.');
    await expectAccessible(page, 'locked screensaver');
    await expect(signInPage(other)).toBeVisible();
    expect((await page.request.get(`${stack.origin}/api/me`)).status()).toBe(401);
    const kept = await page.evaluate(() => Object.keys(localStorage));
    expect(kept.filter((name) => name.startsWith('prox.document'))).toEqual([]);
    await page.keyboard.press('x');
    await expect(screensaver).toBeHidden();
    await expect(page.getByText('Locked. Sign in to go on.')).toBeVisible();
    await expect(page.getByLabel('Email')).toBeFocused();
    await expect(page.getByLabel('Email')).toHaveValue('');
  });

  const signIn = async () => {
    await page.getByLabel('Email').fill(person.email);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await untilLive(page);
    await expect(windowOf(page, 'Settings')).toBeVisible();
  };

  await test.step('the same person finds everything again', async () => {
    await signIn();
    expect(new URL(page.url()).pathname).toBe(`/o/${person.handle}/home`);
    await expect(settings.getByLabel('Name', { exact: true })).toHaveValue('Countess Lovelace');
    await expect(page.locator('html')).toHaveAttribute('data-density', 'roomy');
  });

  await test.step('the person locks without waiting', async () => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Lock now' }).click();
    await expect(page.getByText('Locked. Sign in to go on.')).toBeVisible();
    await signIn();
  });
});

// Signing in and out.

import type { Page } from '@playwright/test';
import { openApp, openDesktop, settle, untilLive } from './support/person.ts';
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

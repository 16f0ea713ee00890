// The cover and the accent of a home: changed in a dialog, seen on the desktop and on the public page.

import type { Page } from '@playwright/test';
import { expectAccessible, expectInside, untilStill } from './support/inspect.ts';
import { call, dialog, openApp, openDesktop, settle } from './support/person.ts';
import { expect, test } from './support/test.ts';

interface Look {
  cover: string | null;
  accent: number | null;
}

test('a cover and an accent are chosen with a preview, and removed again', async ({
  page,
  anonymous,
  stack,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const person = await settle(page, stack.origin);
  const look = async (): Promise<Look> => {
    const { cover, accent } = await call<Look>(page, 'GET', person.home);
    return { cover, accent };
  };
  await openDesktop(page, person);
  const header = page.getByRole('main').locator('header');
  const change = page.getByRole('button', { name: 'Change cover and accent' });
  const form = dialog(page, 'Cover and accent');
  const pick = (name: string) =>
    form.locator('label', { has: page.getByRole('radio', { name }) }).click();

  await test.step('chosen with the keyboard', async () => {
    await change.focus();
    await page.keyboard.press('Enter');
    await form.getByRole('radio', { name: 'None' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(form.getByRole('radio', { name: 'Dunes' })).toBeChecked();
    await expect(form.locator('.art-dunes').first()).toBeVisible();
    await pick('Purple');
    await untilStill(page);
    await expectAccessible(page, 'cover and accent');
    await expectInside(page, 'cover and accent');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    await expect(change).toBeFocused();
  });

  await test.step('seen on the desktop, in windows and by the server', async () => {
    await expect(header.locator('.art-dunes')).toBeVisible();
    expect(await look()).toEqual({ cover: 'art:dunes', accent: 305 });
    const hueOf = (selector: string) =>
      page
        .locator(selector)
        .evaluate((element) => getComputedStyle(element).getPropertyValue('--accent-hue').trim());
    await openApp(page, 'Settings');
    expect(await hueOf('[data-window]')).toBe('305');
    await page.getByRole('button', { name: 'Close Settings' }).click();
  });

  await test.step('kept out of the high contrast theme', async () => {
    await page.emulateMedia({ contrast: 'more' });
    await page.reload();
    await expect(header.locator('.art-dunes')).toBeVisible();
    await expect(page.locator('body')).not.toHaveAttribute('data-accent', '');
    await page.emulateMedia({ contrast: null });
    await page.reload();
    await expect(page.locator('body')).toHaveAttribute('data-accent', '');
  });

  await test.step('seen on the public page', async () => {
    await call(page, 'POST', `${person.home}/publish`, { audience: 'public' });
    await expect(async () => {
      await anonymous.goto(`/@${person.handle}`);
      await expect(anonymous.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await expect(anonymous.locator('[class*="dunes"], .cover').first()).toBeVisible();
  });

  await test.step('a picture needs an address', async () => {
    await change.click({ force: true });
    await pick('Picture');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByLabel('Address of the picture')).toBeFocused();
    await expect(form.getByText('Type the web address of a picture.')).toBeVisible();
    await form.getByLabel('Address of the picture').fill(`${stack.origin}/favicon.svg`);
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    await expect(header.locator('img')).toBeVisible();
  });

  await test.step('a theme dresses the public page only', async () => {
    const hue = (of: Page) =>
      of.evaluate(() =>
        getComputedStyle(document.documentElement).getPropertyValue('--neutral-hue').trim(),
      );
    const before = await hue(page);
    await change.click({ force: true });
    await form.getByLabel('Theme of the public page').selectOption('Dusk');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    expect(await hue(page)).toBe(before);
    await expect(async () => {
      await anonymous.goto(`/@${person.handle}`);
      expect(await hue(anonymous)).toBe('300');
    }).toPass();
    await expectAccessible(anonymous, 'public page with a theme');
  });

  await test.step('removed again', async () => {
    await change.click({ force: true });
    await pick('None');
    await pick('As usual');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    expect(await look()).toEqual({ cover: null, accent: null });
    await expect(page.locator('body')).not.toHaveAttribute('data-accent', '');
  });
});

test('nothing moves while a home with a cover arrives', async ({ page, stack }) => {
  const items = Array.from({ length: 12 }, (_, at) => ({ kind: 'card', title: `Thing ${at}` }));
  const person = await settle(page, stack.origin, items);
  await call(page, 'PATCH', person.home, { cover: 'art:dunes', accent: 30 });
  // What moves without a key or a click is noted, with how much of the screen it takes.
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as unknown as Shift;
        if (!hadRecentInput) shifts.push(value);
      }
    }).observe({ type: 'layout-shift', buffered: true });
    interface Shift {
      value: number;
      hadRecentInput: boolean;
    }
  });
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    // The first start here, and one in which this browser knows the home.
    for (const start of ['first', 'second']) {
      await openDesktop(page, person);
      await expect(page.getByRole('main').locator('header .art-dunes')).toBeVisible();
      await untilStill(page);
      const shifts = await page.evaluate(() => Reflect.get(globalThis, 'shifts') as number[]);
      const sum = shifts.reduce((all, one) => all + one, 0);
      expect(sum, `the ${start} start at ${viewport.width} pixels`).toBeLessThan(0.01);
    }
  }
});

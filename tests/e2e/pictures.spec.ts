// Pictures of the person's own: an icon from a file, a cover that is dropped, a wallpaper, and files
// that are refused.

import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { expectAccessible } from './support/inspect.ts';
import { call, dialog, openApp, openDesktop, settle, threeThings, tile } from './support/person.ts';
import { expect, test } from './support/test.ts';

interface Listed {
  items: { title: string; icon: string | null }[];
}

const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } });

/** Drops a file as a file manager does. */
async function drop(page: Page, onto: Locator, type: string, bytes: Buffer): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([base64, type]) => {
      const content = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'dropped', { type }));
      return transfer;
    },
    [bytes.toString('base64'), type] as const,
  );
  for (const event of ['dragenter', 'dragover', 'drop'])
    await onto.dispatchEvent(event, { dataTransfer });
}

/** Whether a picture arrived and was drawn. */
const drawn = (picture: Locator) =>
  expect
    .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(0);

test('pictures of files become an icon, a cover and a wallpaper', async ({ page, stack }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await openDesktop(page, person);
  const png = await plain(400, 400, '#0ea5e9').png().toBuffer();
  const jpeg = await plain(2400, 1200, '#0f766e').jpeg().toBuffer();

  await test.step('an icon; what is not a picture is refused', async () => {
    await tile(page, 'Harbour Bank').press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Change icon' }).press('Enter');
    const form = dialog(page, 'Icon of Harbour Bank');
    await form.getByText('Picture', { exact: true }).click();
    const file = form.getByLabel(/choose a file/);
    const choose = (name: string, mimeType: string, buffer: Buffer) =>
      file.setInputFiles({ name, mimeType, buffer });
    for (const [name, bytes] of [
      ['notes.txt', Buffer.from('Lemons')],
      ['cut-off.png', png.subarray(0, 40)],
    ] as const) {
      await choose(name, 'image/png', bytes);
      await expect(form.getByRole('alert')).toContainText('Choose a PNG, JPEG, WebP or SVG file.');
    }
    await expectAccessible(page, 'a refused picture');
    await choose('icon.png', 'image/png', png);
    await expect(form.getByRole('alert')).toBeHidden();
    await drawn(form.locator('.face img').first());
    await form.getByRole('button', { name: 'Save' }).click();
    await drawn(tile(page, 'Harbour Bank').locator('img').first());
    const { items } = await call<Listed>(page, 'GET', `${person.home}/items?limit=200`);
    const bank = items.find(({ title }) => title === 'Harbour Bank');
    expect(bank?.icon).toMatch(/^picture:/);
  });

  await test.step('a cover that is dropped', async () => {
    await page.getByRole('button', { name: 'Change cover and accent' }).press('Enter');
    const form = dialog(page, 'Cover and accent');
    await form.locator('label', { has: page.getByRole('radio', { name: 'Picture' }) }).click();
    const target = form.locator('label').filter({ hasText: 'drop one here' });
    await drop(page, target, 'image/jpeg', jpeg);
    await drawn(form.locator('img').first());
    await expect(form.locator('label', { hasText: /^Picture$/ }).locator('img')).toBeVisible();
    await form.getByRole('button', { name: 'Save' }).click();
    await drawn(page.getByRole('main').locator('header img'));
  });

  await test.step('a wallpaper, which is the chosen option then', async () => {
    const settings = await openApp(page, 'Settings');
    const buffer = jpeg;
    await settings
      .getByLabel(/choose a file/)
      .setInputFiles({ name: 'wall.jpg', mimeType: 'image/jpeg', buffer });
    await drawn(page.locator('[data-wallpaper] img'));
    await expect(settings.getByRole('radio', { name: 'Picture' })).toBeChecked();
    await page.reload();
    await drawn(page.locator('[data-wallpaper] img'));
  });
});

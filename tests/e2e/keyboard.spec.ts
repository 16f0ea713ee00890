// The essential steps without a pointer. Nothing here clicks.

import type { Page } from '@playwright/test';
import { Keys } from './support/keys.ts';
import { dialog, freshEmail, publishDialog, tile, untilLive, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

test('a home is created, arranged and published with a keyboard alone', async ({
  page,
  anonymous,
}) => {
  const keys = new Keys(page);
  let handle = '';

  await test.step('sign in', async () => {
    await page.goto('/');
    await expect(page.getByLabel('Email')).toBeFocused();
    await keys.type(freshEmail('ada'));
    await keys.tabTo(page.getByLabel('Name'));
    await keys.type('Ada Lovelace');
    await keys.press('Enter');
  });

  await test.step('make a home', async () => {
    await expect(page.getByLabel('Title')).toBeFocused();
    await keys.press('Enter');
    await expect(page.getByRole('textbox', { name: 'Address 1' })).toBeFocused();
    await keys.tabTo(page.getByRole('button', { name: 'Skip' }));
    await keys.press('Enter');
    await expect(page.getByRole('radio', { name: /^Public/ })).toBeFocused();
    await keys.press('ArrowDown', 'ArrowDown');
    await keys.tabTo(page.getByRole('button', { name: 'Go to my home' }));
    await keys.press('Enter');
    await untilLive(page);
    handle = new URL(page.url()).pathname.split('/')[2] ?? '';
  });

  await test.step('add two cards', async () => {
    await addCard(page, keys, 'Looms', 'Cards with holes.');
    await addCard(page, keys, 'Engines', 'Cards with holes, too.');
  });

  await test.step('be led to the field that was refused', async () => {
    const form = dialog(page, 'Add to this page');
    await keys.press('Enter');
    await expect(form.getByRole('textbox', { name: 'Address' })).toBeFocused();
    await keys.tabTo(form.getByRole('button', { name: 'Add', exact: true }));
    await keys.press('Enter');
    await expect(form.getByRole('textbox', { name: 'Address' })).toBeFocused();
    await expect(form.getByText('Type a web address, like example.com.')).toBeVisible();
    await keys.tabTo(form.getByRole('radio', { name: 'Address' }), 'Shift+Tab');
    await keys.press('ArrowRight');
    await keys.tabTo(form.getByRole('button', { name: 'Add', exact: true }));
    await keys.press('Enter');
    await expect(form.getByLabel('Title')).toBeFocused();
    await expect(form.getByLabel('Title')).toHaveAccessibleDescription('Title must not be blank.');
    await keys.press('Escape');
    await expect(form).toBeHidden();
    await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeFocused();
  });

  await test.step('move one before the other', async () => {
    await expectOrder(page, ['Looms', 'Engines']);
    await keys.tabTo(tile(page, 'Looms'));
    await keys.press('ArrowRight');
    await expect(tile(page, 'Engines')).toBeFocused();
    await keys.expectSeen();
    await keys.press('Alt+ArrowLeft');
    await expectOrder(page, ['Engines', 'Looms']);
    await expect(tile(page, 'Engines')).toBeFocused();
  });

  await test.step('open, move, resize, snap and close a window', async () => {
    await keys.press('Enter');
    const window = windowOf(page, 'Engines');
    await expect(window.getByText('Cards with holes, too.')).toBeVisible();
    await expect(window).toBeFocused();
    const before = await boxOf(page);
    await keys.tabTo(window.getByRole('button', { name: 'Move or resize Engines' }));
    await keys.press('ArrowRight', 'ArrowRight', 'ArrowDown');
    const { x, y, width, height } = before;
    await expectBox(page, { x: x + 48, y: y + 24, width, height });
    await keys.press('Shift+ArrowLeft', 'Shift+ArrowUp');
    await expectBox(page, { x: x + 48, y: y + 24, width: width - 24, height: height - 24 });
    await keys.press('Escape');
    await expect(window).toBeFocused();
    await keys.press('Control+Alt+ArrowLeft');
    await expect.poll(async () => (await boxOf(page)).x).toBe(0);
    await keys.press('Control+Alt+w');
    await expect(window).toHaveCount(0);
    await expect(keys.focused).toHaveCount(1);
  });

  await test.step('publish', async () => {
    const publish = page.getByRole('button', { name: /^Private/ });
    await keys.press('F6');
    await keys.tabTo(publish, 'Shift+Tab');
    await keys.press('Enter');
    const form = publishDialog(page);
    await expect(form.getByRole('button', { name: /Copy/ })).toBeFocused();
    await keys.tabTo(form.getByRole('radio', { name: /^Private/ }));
    await keys.press('ArrowDown', 'ArrowDown');
    await keys.expectSeen();
    await keys.tabTo(form.getByRole('button', { name: 'Publish' }));
    await keys.press('Enter');
    await expect(form.getByRole('button', { name: 'Done' })).toBeFocused();
    await keys.press('Enter');
    await expect(form).toBeHidden();
    await expect(page.getByRole('button', { name: /^Public/ })).toBeFocused();
    await expect(async () => {
      await anonymous.goto(`/@${handle}`);
      const main = anonymous.getByRole('main');
      await expect(main).toContainText(/Engines.*Looms/s, { timeout: 1_000 });
    }).toPass();
  });

  await test.step('sign out', async () => {
    await keys.tabTo(page.getByRole('button', { name: /^Account of/ }));
    await keys.press('Enter');
    const last = page.getByRole('menuitem', { name: 'Sign out' });
    await expect(last).toBeVisible();
    await keys.press('End');
    await expect(last).toBeFocused();
    await keys.press('Enter');
    await expect(page.getByLabel('Email')).toBeFocused();
  });
});

async function addCard(page: Page, keys: Keys, title: string, text: string): Promise<void> {
  const add = page.getByRole('button', { name: 'Add', exact: true });
  if (!(await add.evaluate((button) => button === document.activeElement))) await keys.tabTo(add);
  await keys.press('Enter');
  const form = dialog(page, 'Add to this page');
  await expect(form.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await keys.tabTo(form.getByRole('radio', { name: 'Address' }), 'Shift+Tab');
  await keys.press('ArrowRight');
  // Another arrow key must find it there.
  await expect(form.getByRole('radio', { name: 'Card' })).toBeFocused();
  await keys.expectSeen();
  await keys.tabTo(form.getByLabel('Title'));
  await keys.type(title);
  await keys.tabTo(form.getByLabel('Text'));
  await keys.type(text);
  await keys.tabTo(form.getByRole('button', { name: 'Add', exact: true }));
  await keys.press('Enter');
  await expect(form).toBeHidden();
  await expect(add).toBeFocused();
}

async function expectOrder(page: Page, titles: string[]): Promise<void> {
  const tiles = page.locator('[data-tile]');
  await expect(tiles).toContainText(titles);
}

async function expectBox(page: Page, box: Awaited<ReturnType<typeof boxOf>>): Promise<void> {
  await expect.poll(() => boxOf(page)).toEqual(box);
}

async function boxOf(page: Page) {
  const box = await page.locator('[data-window]').boundingBox();
  if (!box) throw new Error('no window is seen');
  return box;
}

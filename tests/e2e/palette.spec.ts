// The command palette: finds actions by their words, asks what they need, and runs them.

import type { Page } from '@playwright/test';
import { hold } from './support/hold.ts';
import { inspectView, takePicture, untilStill } from './support/inspect.ts';
import { Keys } from './support/keys.ts';
import {
  call,
  dialog,
  openDesktop,
  settle,
  threeThings,
  tile,
  windowOf,
} from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' });
const field = (page: Page) => palette(page).getByRole('combobox');
const options = (page: Page) => palette(page).getByRole('option');

/** The option that the screen reader is told is chosen. */
const chosen = async (page: Page) => {
  const id = await field(page).getAttribute('aria-activedescendant');
  return page.locator(`[id="${id}"]`);
};

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, [
    ...things,
    { kind: 'folder', title: 'Reading list' },
  ]);
  await openDesktop(page, person);
  return person;
}

test('commands are found and run with a keyboard alone', async ({ page, stack }) => {
  const person = await arrive(page, stack);
  const keys = new Keys(page);

  await test.step('it opens, and closes by Escape and by its own shortcut', async () => {
    await tile(page, 'Harbour Bank').focus();
    await page.keyboard.press('Control+k');
    await expect(field(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette(page)).toBeHidden();
    await expect(tile(page, 'Harbour Bank')).toBeFocused();
    await page.keyboard.press('Control+k');
    await expect(field(page)).toBeFocused();
    await page.keyboard.press('Control+k');
    await expect(palette(page)).toBeHidden();
    await expect(tile(page, 'Harbour Bank')).toBeFocused();
  });

  await test.step('an item is opened by a part of its name', async () => {
    await page.keyboard.press('Control+k');
    await keys.type('am reading');
    await expect(await chosen(page)).toContainText('What I am reading');
    await expect(palette(page).getByText(/^\d+ results?$/)).toHaveRole('status');
    await page.keyboard.press('Enter');
    await expect(palette(page)).toBeHidden();
    await expect(windowOf(page, 'What I am reading')).toBeFocused();
  });

  await test.step('an action acts on the window in front', async () => {
    await page.keyboard.press('Control+k');
    await keys.type('left');
    await expect(await chosen(page)).toContainText('left half');
    await page.keyboard.press('Enter');
    const window = windowOf(page, 'What I am reading');
    await expect(window).toBeFocused();
    await expect.poll(async () => (await window.boundingBox())?.x).toBe(0);
  });

  await test.step('what was used comes first', async () => {
    await page.keyboard.press('Control+k');
    await expect(palette(page).getByRole('group').first()).toHaveAccessibleName('Recent');
    await expect(options(page).first()).toContainText('left half');
    await page.keyboard.press('Escape');
  });

  await test.step('an item moves to a folder in nested steps', async () => {
    await page.keyboard.press('Control+k');
    await keys.type('move an item');
    await page.keyboard.press('Enter');
    await expect(field(page)).toHaveAccessibleName('An item');
    await expect(field(page)).toBeFocused();
    await keys.type('bank');
    await page.keyboard.press('Enter');
    await expect(field(page)).toHaveAccessibleName('Where to move Harbour Bank');
    // Back, and forth again.
    await page.keyboard.press('Backspace');
    await expect(field(page)).toHaveAccessibleName('An item');
    await keys.type('bank');
    await page.keyboard.press('Enter');
    await keys.type('reading');
    await page.keyboard.press('Enter');
    await expect(palette(page)).toBeHidden();
    await expect(async () => {
      const { items } = await call<{ items: { title: string; folder_id: string | null }[] }>(
        page,
        'GET',
        `${person.home}/items`,
      );
      expect(items.find(({ title }) => title === 'Harbour Bank')?.folder_id).toBeTruthy();
    }).toPass();
  });

  await test.step('an address is asked for, and a wrong one refused', async () => {
    await page.keyboard.press('Control+k');
    await keys.type('add an address');
    await page.keyboard.press('Enter');
    const address = palette(page).getByRole('textbox', { name: /^The address/ });
    await expect(address).toBeFocused();
    await keys.type('nonsense');
    await page.keyboard.press('Enter');
    await expect(address).toHaveAccessibleDescription('Type a web address, like example.com.');
    await page.keyboard.press('Control+a');
    await keys.type(new URL(stack.bank.origin).host);
    await page.keyboard.press('Enter');
    const add = dialog(page, 'Add to this page');
    await expect(add.getByRole('textbox', { name: 'Address' })).toHaveValue(
      `${stack.bank.origin}/`,
    );
    await page.keyboard.press('Escape');
    await expect(add).toBeHidden();
  });

  await test.step('a space is chosen, and Back leads to the one before', async () => {
    const spaces = `/api/organizations/${person.handle}/spaces`;
    await call(page, 'POST', spaces, { title: 'Laboratory', slug: 'lab' });
    await expect(async () => {
      await page.keyboard.press('Control+k');
      await keys.type('laboratory');
      await expect(await chosen(page)).toContainText('Laboratory', { timeout: 1_000 });
    }).toPass();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/lab/);
    await expect(page.getByRole('heading', { name: 'Laboratory' })).toBeVisible();
    await expect(palette(page)).toBeHidden();
  });
});

test('what no command matches is searched for, and Back closes it', async ({ page, stack }) => {
  const isTyped = await hold(page, '**/assets/Palette-*.js');
  await arrive(page, stack);
  await page.keyboard.press('Control+k');
  // Its code is on the way: nothing of this is lost.
  await page.keyboard.type('xyzzy');
  isTyped();
  await expect(options(page)).toHaveText(['Search for: xyzzy']);
  await expect(palette(page).getByText('1 result', { exact: true })).toHaveRole('status');
  await page.goBack();
  await expect(palette(page)).toBeHidden();
  await expect(tile(page, 'Harbour Bank')).toBeVisible();
});

test('it works without a network', async ({ page, stack, context }) => {
  await arrive(page, stack);
  await page.keyboard.press('Control+k');
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await context.setOffline(true);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('density');
  await page.keyboard.press('Enter');
  await page.keyboard.type('compact');
  await expect(await chosen(page)).toContainText('Compact');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-density', 'compact');
});

test('no shortcut acts on text that is typed or composed', async ({ page, stack }) => {
  await arrive(page, stack);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog(page, 'Add to this page')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(dialog(page, 'Add to this page')).toBeHidden();
  const composing = () =>
    page.evaluate(() => {
      const event = { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new KeyboardEvent('keydown', { ...event, isComposing: true }));
    });
  await composing();
  await expect(palette(page)).toHaveCount(0);
  // A Russian keyboard has no k; its key is at the same place.
  await page.evaluate(() => {
    const event = { key: 'л', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', event));
  });
  await expect(field(page)).toBeFocused();
});

for (const [width, height] of [
  [390, 844],
  [1440, 900],
] as const) {
  test(`its views at ${width} pixels`, async ({ page, stack }) => {
    await page.setViewportSize({ width, height });
    await arrive(page, stack);
    const look = (view: string) => inspectView(page, `palette ${view}, ${width}`);
    // A phone has room for one of the two buttons.
    if (width < 640) await page.getByRole('button', { name: /^Search/ }).click();
    await page.getByRole('button', { name: /^Find a command/ }).click();
    await expect(field(page)).toBeFocused();
    await look('open');
    await page.keyboard.type('op');
    await expect(options(page).first()).toBeVisible();
    await look('found');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('change the theme');
    await page.keyboard.press('Enter');
    await expect(field(page)).toHaveAccessibleName('A theme');
    await look('step');
    await page.keyboard.press('Escape');
    await page.keyboard.type('xyzzy');
    await expect(options(page)).toHaveText(['Search for: xyzzy']);
    await look('nothing');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('add an address');
    await page.keyboard.press('Enter');
    await page.keyboard.type('nonsense');
    await page.keyboard.press('Enter');
    await expect(palette(page).getByText('Type a web address')).toBeVisible();
    await look('asked');
    await page.emulateMedia({ forcedColors: 'active' });
    await page.keyboard.press('Escape');
    await expect(options(page).first()).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await untilStill(page);
    // Colours that the system replaces must not be what says which entry is chosen.
    await expect(await chosen(page)).toHaveCSS('outline-style', 'solid');
    await takePicture(page, `palette forced colours, ${width}`);
  });
}

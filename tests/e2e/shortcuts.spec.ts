// The list of shortcuts: each is found, changed, exported and imported without a mouse.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { inspectView, takePicture, untilStill } from './support/inspect.ts';
import { Keys } from './support/keys.ts';
import {
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

const list = (page: Page) => dialog(page, 'Keyboard shortcuts');
const row = (page: Page, title: string) =>
  list(page).getByRole('listitem').filter({ hasText: title });
const change = (page: Page, title: string) =>
  list(page).getByRole('button', { name: `Change the shortcut of ${title}`, exact: true });

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  await openDesktop(page, await settle(page, stack.origin, things));
  await expect(tile(page, 'What I am reading')).toBeVisible();
}

test('a shortcut is found, changed, taken over and reset', async ({ page, stack }) => {
  await arrive(page, stack);
  const keys = new Keys(page);

  await test.step('the list opens by a question mark, and is searched', async () => {
    await keys.press('Shift+?');
    await expect(list(page)).toBeVisible();
    const search = list(page).getByRole('searchbox');
    await expect(search).toBeFocused();
    await keys.type('new space');
    await expect(list(page).getByRole('listitem')).toHaveCount(1);
  });

  await test.step('one that the browser needs is refused with the reason', async () => {
    await keys.tabTo(change(page, 'New space'));
    await keys.press('Enter');
    const recorder = list(page).getByRole('button', { name: /^New shortcut of New space/ });
    await expect(recorder).toBeFocused();
    await keys.press('Alt+ArrowLeft');
    await expect(list(page).getByRole('alert')).toHaveText(
      'Alt+← cannot be used. The browser keeps it for itself.',
    );
  });

  await test.step('one that is used is taken over only when the person says so', async () => {
    await keys.press('Control+k');
    await expect(list(page).getByRole('alert')).toContainText('is used by “Find a command”');
    await keys.tabTo(list(page).getByRole('button', { name: 'Replace' }));
    await keys.press('Enter');
    await expect(change(page, 'New space')).toBeFocused();
    await expect(row(page, 'New space')).toContainText('Control K');
    await keys.press('Escape');
    await expect(list(page)).toBeHidden();
    await keys.press('Control+k');
    await expect(dialog(page, 'New space')).toBeVisible();
    await keys.press('Escape');
    await expect(dialog(page, 'New space')).toBeHidden();
  });

  await test.step('it holds after a reload', async () => {
    await page.reload();
    await expect(tile(page, 'What I am reading')).toBeVisible();
    await keys.press('Control+k');
    await expect(dialog(page, 'New space')).toBeVisible();
    await keys.press('Escape');
    await expect(dialog(page, 'New space')).toBeHidden();
  });

  await test.step('all are reset', async () => {
    await keys.press('Control+/');
    await keys.tabTo(list(page).getByRole('button', { name: 'Reset all' }), 'Shift+Tab');
    await keys.press('Enter');
    const question = page.getByRole('alertdialog', { name: 'Reset all shortcuts?' });
    await expect(question).toBeVisible();
    await keys.tabTo(question.getByRole('button', { name: 'Reset all' }));
    await keys.press('Enter');
    await expect(list(page).getByRole('button', { name: 'Reset all' })).toBeDisabled();
    await keys.press('Escape');
    await expect(list(page)).toBeHidden();
    await keys.press('Control+k');
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  });
});

test('shortcuts are exported, and imported after a preview', async ({ page, stack }) => {
  await arrive(page, stack);
  await page.keyboard.press('Shift+?');
  await change(page, 'Close the window').click();
  await page.keyboard.press('F9');
  await expect(row(page, 'Close the window')).toContainText('F9');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    list(page).getByRole('button', { name: 'Export', exact: true }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ shortcuts: { 'window.close': ['F9'] } });
  await list(page).getByRole('button', { name: 'Reset the shortcut of Close the window' }).click();
  await expect(row(page, 'Close the window')).not.toContainText('F9');

  const choose = async (content: string) => {
    const file = { name: 'keys.json', mimeType: 'application/json', buffer: Buffer.from(content) };
    await list(page).locator('input[type="file"]').setInputFiles(file);
  };
  await choose('nonsense');
  await expect(page.getByText('keys.json does not hold exported shortcuts.')).toBeVisible();
  await choose(text.replace('{\n    "window', '{\n    "other.thing": ["F8"],\n    "window'));
  const preview = dialog(page, 'Import shortcuts');
  await expect(preview.getByRole('listitem').filter({ hasText: 'F9' })).toBeVisible();
  await expect(preview.getByText('“other.thing” is not an action')).toBeVisible();
  await preview.getByRole('button', { name: 'Import' }).click();
  await expect(row(page, 'Close the window')).toContainText('F9');
  await page.keyboard.press('Escape');
  await openApp(page, 'Settings');
  await page.keyboard.press('F9');
  await expect(windowOf(page, 'Settings')).toHaveCount(0);
});

for (const [width, height] of [
  [390, 844],
  [1440, 900],
] as const) {
  test(`its views at ${width} pixels`, async ({ page, stack }) => {
    await page.setViewportSize({ width, height });
    await arrive(page, stack);
    const look = (view: string) => inspectView(page, `shortcuts ${view}, ${width}`);
    await page.keyboard.press('Control+/');
    await expect(list(page)).toBeVisible();
    await look('list');
    await change(page, 'Add something to this page').click();
    await page.keyboard.press('Control+k');
    await expect(list(page).getByRole('alert')).toContainText('is used by');
    await look('conflict');
    await page.emulateMedia({ forcedColors: 'active' });
    await untilStill(page);
    await takePicture(page, `shortcuts forced colours, ${width}`);
  });
}

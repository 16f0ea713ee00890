// A desktop is exported as a file and as a picture, and imported with a preview.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/inspect.ts';
import { dialog, openDesktop, settle, threeThings, tile, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

const run = async (page: Page, words: string) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
};

const saved = async (page: Page, button: string) => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
};

test('a desktop is saved, imported in place of another one, and taken back', async ({
  page,
  stack,
}) => {
  const person = await settle(
    page,
    stack.origin,
    threeThings(stack.tideTable.origin, stack.bank.origin),
  );
  await openDesktop(page, person);
  await tile(page, 'Tide Table').click();
  const tides = windowOf(page, 'Tide Table');
  await expect(tides).toBeVisible();
  await page.keyboard.press('Control+Alt+ArrowLeft');
  await expect.poll(() => tides.boundingBox()).toMatchObject({ x: 0 });

  await run(page, 'export this desktop');
  await expect(dialog(page, 'Export this desktop')).toBeVisible();
  await expectAccessible(page, 'the dialog that exports');
  const layout = await saved(page, 'Save the layout');
  expect(layout.name).toMatch(/^Ada Lovelace \d{4}-\d\d-\d\d\.json$/);
  const text = layout.bytes.toString();
  expect(text).not.toMatch(/(usr|ses|org|spc|itm|wks)_[0-9a-z]{26}/);

  const picture = await saved(page, 'Save the picture');
  expect(picture.name).toMatch(/\.png$/);
  expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
  const viewport = page.viewportSize();
  expect(picture.bytes.readUInt32BE(16)).toBe(viewport?.width);
  expect(picture.bytes.readUInt32BE(20)).toBe(viewport?.height);
  await page.keyboard.press('Escape');

  await tides.getByRole('button', { name: 'Close' }).click();
  await tile(page, 'What I am reading').click();
  const card = windowOf(page, 'What I am reading');
  await expect(card).toBeVisible();

  await run(page, 'import a desktop');
  const form = dialog(page, 'Import a desktop');
  const file = form.getByLabel('File with an exported desktop');
  const choose = (name: string, content: string) =>
    file.setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) });
  await choose('notes.json', '{"kind":"prox-notes"}');
  await expect(form.getByRole('alert')).toHaveText('The file does not hold an exported desktop.');
  const elsewhere = text.replaceAll('Harbour Bank', 'Another Bank');
  await choose(layout.name, elsewhere.replaceAll(stack.bank.origin, 'https://elsewhere.example'));
  const added = form.getByRole('listitem').filter({ hasText: 'Desktop 1 (2)' });
  await expect(added).toContainText('1 window');
  await expect(form).toContainText('Another Bank');
  await form.getByLabel('Replace mine').check();
  await expect(form).toContainText('Removed: 1 desktop, and 1 window closes');
  await expectAccessible(page, 'the preview of an import');
  await form.getByRole('button', { name: 'Replace mine' }).click();
  await expect(form).toBeHidden();
  await expect(tides).toBeVisible();
  await expect.poll(() => tides.boundingBox()).toMatchObject({ x: 0 });
  await expect(card).toBeHidden();

  await page.keyboard.press('Control+z');
  await expect(card).toBeVisible();
  await expect(tides).toBeHidden();
  await page.reload();
  await expect(card).toBeVisible();
  await expect(tides).toBeHidden();
});

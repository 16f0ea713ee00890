// A desktop is exported as a file and as a picture, and imported with a preview.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/inspect.ts';
import {
  call,
  dialog,
  openDesktop,
  publishDialog,
  settle,
  threeThings,
  tile,
  windowOf,
} from './support/person.ts';
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

interface Shared {
  title?: string;
  url?: string;
  files?: { name: string; type: string; isEmpty: boolean }[];
}

/** The sheet with which a phone shares: what it was given, and the error with which it ends, if any. */
type ShareSheet = typeof globalThis & { shared: Shared[]; refusal: string | null };

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the address and the picture are shared where the browser can', async ({ page, stack }) => {
    const person = await settle(page, stack.origin);
    await call(page, 'POST', `${person.home}/publish`, { audience: 'public' });
    const open = async (name: string) => {
      await page.goto(`/o/${person.handle}/home?dialog=${name}`);
    };
    const messages = page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
    const live = publishDialog(page);
    const exporting = dialog(page, 'Export this desktop');

    await test.step('a browser without it offers other ways', async () => {
      await open('publish');
      await expect(live.getByRole('button', { name: 'Copy' })).toBeVisible();
      await expect(live.getByRole('button', { name: 'Share' })).toHaveCount(0);
      await open('export-desktop');
      await expect(exporting.getByRole('button', { name: 'Save the picture' })).toBeVisible();
      await expect(exporting.getByRole('button', { name: 'Share the picture' })).toHaveCount(0);
    });

    await page.addInitScript(() => {
      const sheet = globalThis as ShareSheet;
      sheet.shared = [];
      sheet.refusal = null;
      const share = async ({ title, url, files }: ShareData) => {
        sheet.shared.push({
          ...(title !== undefined && { title }),
          ...(url !== undefined && { url }),
          ...(files && {
            files: files.map(({ name, type, size }) => ({ name, type, isEmpty: size === 0 })),
          }),
        });
        if (sheet.refusal) throw new DOMException('', sheet.refusal);
      };
      Object.defineProperties(navigator, {
        share: { value: share, configurable: true },
        canShare: { value: () => true, configurable: true },
      });
    });
    const refuse = (refusal: string | null) =>
      page.evaluate((name) => Object.assign(globalThis, { refusal: name }), refusal);
    const taken = () =>
      page.evaluate(() => (globalThis as ShareSheet).shared.splice(0, Number.POSITIVE_INFINITY));

    await test.step('the address', async () => {
      await open('publish');
      const share = live.getByRole('button', { name: 'Share', exact: true });
      const given = [{ title: 'Ada Lovelace', url: `${stack.origin}/@${person.handle}` }];
      await share.click();
      await expect.poll(taken).toEqual(given);
      // The person changed their mind, or the sheet is open already.
      for (const quiet of ['AbortError', 'InvalidStateError']) {
        await refuse(quiet);
        await share.click();
        await expect.poll(taken).toEqual(given);
      }
      await expect(messages).toHaveCount(0);
      await refuse('NotAllowedError');
      await share.click();
      await expect(messages).toContainText('could not share the address. Copy it instead.');
    });

    await test.step('the picture', async () => {
      await open('export-desktop');
      const share = exporting.getByRole('button', { name: 'Share the picture' });
      const name = expect.stringMatching(/^Ada Lovelace \d{4}-\d\d-\d\d\.png$/);
      const given = [{ files: [{ name, type: 'image/png', isEmpty: false }] }];
      let downloads = 0;
      page.on('download', () => {
        downloads += 1;
      });
      for (const outcome of [null, 'AbortError', 'InvalidStateError']) {
        await refuse(outcome);
        await share.click();
        await expect.poll(taken).toEqual(given);
        await expect(share).toHaveAttribute('aria-busy', 'false');
      }
      await expect(messages).toHaveCount(0);
      expect(downloads).toBe(0);
      // Drawing took so long that the browser wants another touch: the picture is not lost.
      await refuse('NotAllowedError');
      const picture = await saved(page, 'Share the picture');
      expect(picture.name).toEqual(name);
      expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    });
  });
});

// The background of the desktop: the first things to do, its menu, and what is dropped on it.

import type { Page } from '@playwright/test';
import { expectAccessible, expectInside } from './support/inspect.ts';
import { call, dialog, openDesktop, settle, tile } from './support/person.ts';
import { expect, test } from './support/test.ts';

test('an empty desktop invites the first three things', async ({ page, stack }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  const things = page.getByRole('region', { name: 'Nothing is here yet' });
  await expect(things.getByRole('listitem')).toHaveCount(3);
  await expectAccessible(page, 'an empty desktop');
  await expectInside(page, 'an empty desktop');

  await test.step('an address', async () => {
    await things.getByRole('button', { name: 'Add it' }).click();
    await expect(things.getByRole('alert')).toHaveText('Type a web address, like example.com.');
    await things.getByLabel('An address').fill(stack.tideTable.origin);
    await page.keyboard.press('Enter');
    const form = dialog(page, 'Add to this page');
    await expect(form.getByLabel('Title')).toHaveValue('Tide Table');
    await page.keyboard.press('Escape');
    await expect(form).toBeHidden();
  });

  await test.step('a look', async () => {
    await things.getByRole('button', { name: 'Choose: Make it yours' }).click();
    await expect(dialog(page, 'Cover and accent')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog(page, 'Cover and accent')).toBeHidden();
  });

  await test.step('a card', async () => {
    await things.getByRole('button', { name: 'Write: Write a card' }).click();
    const form = dialog(page, 'Add to this page');
    await form.getByLabel('Title').fill('About me');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(tile(page, 'About me')).toBeVisible();
    await expect(things).toHaveCount(0);
  });
});

test('the background has a menu', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'card', title: 'One' }]);
  await openDesktop(page, person);
  const open = () => page.getByRole('main').click({ button: 'right', position: { x: 20, y: 400 } });
  const choose = (name: string) => page.getByRole('menuitem', { name }).click();

  await open();
  await choose('New folder');
  const form = dialog(page, 'Add to this page');
  await expect(form.getByRole('radio', { name: 'Folder' })).toBeChecked();
  await form.getByLabel('Title').fill('Weather');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(tile(page, 'Weather')).toBeVisible();

  await page.evaluate(() => navigator.clipboard.writeText('# Shopping\n\n- Ink'));
  await open();
  await choose('Paste');
  await expect(tile(page, 'Shopping')).toContainText('Ink');

  await open();
  await choose('Change cover and accent of this page');
  await expect(dialog(page, 'Cover and accent')).toBeVisible();
});

test('what is dropped from outside becomes an item', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, [{ kind: 'folder', title: 'Reading' }]);
  await openDesktop(page, person);
  await expect(tile(page, 'Reading')).toBeVisible();

  await test.step('a link, with the title of its page', async () => {
    await dropOn(page, 'main', {
      'text/uri-list': stack.tideTable.origin,
      'text/html': `<a href="${stack.tideTable.origin}">today</a>`,
    });
    await expect(tile(page, 'Tide Table')).toBeVisible();
    await expect(page.getByText('Tide Table was added.')).toBeVisible();
  });

  await test.step('a text, into a folder', async () => {
    await dropOn(page, '[data-folder]', { 'text/plain': 'A quotation.\nWith a second line.' });
    await expect(tile(page, 'Reading')).toHaveAccessibleName(/^Reading folder, 1 item/);
    const { items } = await call<{ items: { title: string; body: string }[] }>(
      page,
      'GET',
      `${person.home}/items?limit=200`,
    );
    expect(items.find(({ title }) => title === 'A quotation.')?.body).toBe(
      'A quotation.\nWith a second line.',
    );
  });

  await test.step('files are left to the browser', async () => {
    expect(await dropOn(page, 'main', {}, true)).toBe(false);
  });
});

/** Drops data on an element as another window would; answers whether the page takes it. */
async function dropOn(
  page: Page,
  selector: string,
  formats: Record<string, string>,
  file = false,
): Promise<boolean> {
  // The code that listens is fetched after the first paint.
  await page.waitForLoadState('networkidle');
  return page.evaluate(
    ({ selector, formats, file }) => {
      const target = document.querySelector(selector);
      const dataTransfer = new DataTransfer();
      for (const [format, text] of Object.entries(formats)) dataTransfer.setData(format, text);
      if (file) dataTransfer.items.add(new File(['x'], 'x.txt', { type: 'text/plain' }));
      const fire = (type: string) =>
        target?.dispatchEvent(
          new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }),
        ) === false;
      const taken = fire('dragover');
      fire('drop');
      return taken;
    },
    { selector, formats, file },
  );
}

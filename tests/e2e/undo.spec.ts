// Changes of items are undone and redone with the keyboard, and honestly when somebody else came first.

import type { Page } from '@playwright/test';
import { expectAccessible } from './support/inspect.ts';
import { call, dialog, openDesktop, settle, tile, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' });
const said = (page: Page, text: string | RegExp) => messages(page).getByText(text, { exact: true });

interface Items {
  items: { id: string; title: string; version: number; folder_id: string | null }[];
}

/** The titles as the server has them, those in a folder after it. */
const stored = async (page: Page, home: string) => {
  const { items } = await call<Items>(page, 'GET', `${home}/items`);
  const inside = (folder: string | null) =>
    items.filter((item) => item.folder_id === folder).map(({ title }) => title);
  return [...inside(null), ...items.map(({ id }) => id).flatMap(inside)];
};

const cards = (...titles: string[]) =>
  titles.map((title) => ({ kind: 'card', title, body: 'Text.' }));

test('moves, edits and deletions are undone and redone', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, cards('Looms', 'Engines', 'Poems'));
  await openDesktop(page, person);
  await expect(tile(page, 'Looms')).toBeVisible();

  await test.step('nothing to undo at first', async () => {
    await page.keyboard.press('Control+z');
    await expect(messages(page).getByRole('listitem')).toHaveCount(0);
  });

  await test.step('a move', async () => {
    await tile(page, 'Engines').focus();
    await page.keyboard.press('Alt+ArrowLeft');
    await expect.poll(() => stored(page, person.home)).toEqual(['Engines', 'Looms', 'Poems']);
    await page.keyboard.press('Control+z');
    await expect(said(page, 'Moved “Engines” back.')).toBeVisible();
    await expect.poll(() => stored(page, person.home)).toEqual(['Looms', 'Engines', 'Poems']);
    await page.keyboard.press('Control+Shift+z');
    await expect(said(page, 'Moved “Engines” again.')).toBeVisible();
    await expect.poll(() => stored(page, person.home)).toEqual(['Engines', 'Looms', 'Poems']);
  });

  await test.step('an edit, but not the text that is being typed', async () => {
    await tile(page, 'Looms').focus();
    await page.keyboard.press('F2');
    const form = dialog(page, 'Edit card');
    await form.getByLabel('Title').fill('Looms and cards');
    await page.keyboard.press('Control+z');
    await expect(said(page, /^Renamed/)).toHaveCount(0);
    await form.getByLabel('Title').fill('Looms and cards');
    await page.keyboard.press('Enter');
    await expect(form).toBeHidden();
    await expect(tile(page, 'Looms and cards')).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect.poll(() => stored(page, person.home)).toEqual(['Engines', 'Looms', 'Poems']);
    await page.keyboard.press('Control+y');
    await expect(tile(page, 'Looms and cards')).toBeVisible();
  });

  await test.step('a deletion, by its message', async () => {
    await tile(page, 'Poems').focus();
    await page.keyboard.press('Delete');
    await expect(said(page, 'Poems was deleted.')).toBeVisible();
    await expectAccessible(page, 'a message with an undo');
    const message = messages(page).getByRole('listitem').filter({ hasText: 'Poems was deleted.' });
    await message.getByRole('button', { name: 'Undo' }).click();
    await expect(said(page, 'Brought “Poems” back.')).toBeVisible();
    await expect
      .poll(() => stored(page, person.home))
      .toEqual(['Engines', 'Looms and cards', 'Poems']);
  });

  await test.step('a new order, as one change', async () => {
    await tile(page, 'Poems').focus();
    await page.keyboard.press('Alt+ArrowLeft');
    const before = ['Engines', 'Poems', 'Looms and cards'];
    await expect.poll(() => stored(page, person.home)).toEqual(before);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('sort the items');
    await page.keyboard.press('Enter');
    await page.keyboard.type('by name');
    await page.keyboard.press('Enter');
    await expect(said(page, 'Items were sorted by name.')).toBeVisible();
    const sorted = ['Engines', 'Looms and cards', 'Poems'];
    await expect.poll(() => stored(page, person.home)).toEqual(sorted);
    await page.keyboard.press('Control+z');
    await expect(said(page, 'Put the items back in their order.')).toBeVisible();
    await expect.poll(() => stored(page, person.home)).toEqual(before);
  });
});

test('a deleted folder comes back with what was in it', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, [
    { kind: 'folder', title: 'Reading' },
    ...cards('Looms', 'Engines', 'Poems'),
  ]);
  const { items } = await call<Items>(page, 'GET', `${person.home}/items`);
  const id = (title: string) => items.find((item) => item.title === title)?.id;
  for (const [title, after] of [
    ['Looms', null],
    ['Engines', id('Looms')],
  ] as const) {
    await call(page, 'PATCH', `${person.home}/items/${id(title)}`, {
      place: { folder_id: id('Reading'), after },
    });
  }
  await openDesktop(page, person);
  const before = await stored(page, person.home);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('delete an item');
  await page.keyboard.press('Enter');
  await page.keyboard.type('reading');
  await page.keyboard.press('Enter');
  await expect(said(page, 'Reading was deleted.')).toBeVisible();
  await expect.poll(() => stored(page, person.home)).toHaveLength(3);
  await page.keyboard.press('Control+z');
  await expect(said(page, 'Brought “Reading” back.')).toBeVisible();
  await expect.poll(() => stored(page, person.home)).toEqual(before);
  // The folder has another id now; it is meant by the changes before.
  await page.keyboard.press('Control+Shift+z');
  await expect(said(page, 'Deleted “Reading” again.')).toBeVisible();
  await expect.poll(() => stored(page, person.home)).toHaveLength(3);
});

test('what somebody else changed meanwhile stays', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, cards('Looms'));
  await openDesktop(page, person);
  const { items } = await call<Items>(page, 'GET', `${person.home}/items`);
  const path = `${person.home}/items/${items[0]?.id}`;
  await tile(page, 'Looms').focus();
  await page.keyboard.press('F2');
  const form = dialog(page, 'Edit card');
  await form.getByLabel('Title').fill('Mine');
  await page.keyboard.press('Enter');
  await expect(tile(page, 'Mine')).toBeVisible();
  await call(page, 'PATCH', path, { title: 'Theirs' });
  await expect(tile(page, 'Theirs')).toBeVisible();
  await page.keyboard.press('Control+z');
  const text = '“Mine” was renamed. That cannot be undone: somebody changed it meanwhile.';
  await expect(said(page, text)).toBeVisible();
  expect(await stored(page, person.home)).toEqual(['Theirs']);
});

test('windows, desktops and the title of the page are undone', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, cards('Looms'));
  await openDesktop(page, person);
  await tile(page, 'Looms').click();
  const window = windowOf(page, 'Looms');
  await expect(window).toBeVisible();
  const place = () => window.boundingBox();
  const before = await place();
  const run = async (words: string) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
  };

  await test.step('a snap', async () => {
    await page.keyboard.press('Control+Alt+ArrowLeft');
    await expect.poll(place).toMatchObject({ x: 0 });
    await page.keyboard.press('Control+z');
    await expect(said(page, 'Moved “Looms” back.')).toBeVisible();
    await expect.poll(place).toEqual(before);
  });

  await test.step('a closed window, by the shortcut and again by its message', async () => {
    await page.keyboard.press('Control+Alt+w');
    await expect(window).toBeHidden();
    await page.keyboard.press('Control+z');
    await expect(window).toBeVisible();
    await expect.poll(place).toEqual(before);
    const message = messages(page)
      .getByRole('listitem')
      .filter({ hasText: 'Opened “Looms” again.' });
    await message.getByRole('button', { name: 'Redo' }).click();
    await expect(window).toBeHidden();
    await page.keyboard.press('Control+z');
    await expect(window).toBeVisible();
  });

  await test.step('a removed desktop comes back with its window', async () => {
    await run('new desktop');
    await expect(window).toBeHidden();
    await page.keyboard.press('Control+Shift+ArrowUp');
    await expect(window).toBeVisible();
    await run('remove the desktop');
    await expect(said(page, 'Desktop 1 was removed. Its windows are on Desktop 2.')).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(said(page, 'Brought “Desktop 1” back.')).toBeVisible();
    await expect(window).toBeVisible();
    await page.reload();
    await expect(window).toBeVisible();
    await expect(page).toHaveURL(/home/);
  });

  await test.step('the title of the page, but not what somebody else wrote', async () => {
    await run('edit title');
    const form = dialog(page, 'This page');
    await form.getByLabel('Title').fill('Study');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Study');
    await page.keyboard.press('Control+z');
    await expect(said(page, 'Renamed “Study” back to “Ada Lovelace”.')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada Lovelace');
    await page.keyboard.press('Control+Shift+z');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Study');
    await call(page, 'PATCH', person.home, { title: 'Theirs' });
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Theirs');
    await page.keyboard.press('Control+z');
    await expect(said(page, /^“Study” was renamed\. That cannot be undone/)).toBeVisible();
  });
});

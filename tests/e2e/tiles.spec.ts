// Tiles of several sizes: resized by keys, with a pointer and by the menu; folders that open in place.

import type { Locator, Page } from '@playwright/test';
import { expectAccessible, expectInside, untilStill } from './support/inspect.ts';
import { call, openDesktop, settle, tile } from './support/person.ts';
import { expect, test } from './support/test.ts';

interface Listed {
  items: { id: string; title: string; size: string; folder_id: string | null }[];
}

/** The size of each item as the server keeps it. */
async function sizesOf(page: Page, home: string): Promise<Record<string, string>> {
  const { items } = await call<Listed>(page, 'GET', `${home}/items?limit=200`);
  return Object.fromEntries(items.map(({ title, size }) => [title, size]));
}

const announced = (page: Page, text: string) =>
  expect(page.locator('[aria-live="polite"][aria-atomic="true"]')).toHaveText(text);

const link = (title: string, more: object = {}) => ({
  kind: 'link',
  title,
  url: 'https://site.example',
  mode: 'tab',
  ...more,
});

test('a tile is resized by keys, by its menu and by its corner', async ({ page, stack }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const person = await settle(page, stack.origin, [
    link('Tides', { description: 'High and low water.' }),
    link('Charts'),
    { kind: 'card', title: 'Notes', body: 'Some **words**.' },
  ]);
  await openDesktop(page, person);
  const tides = tile(page, 'Tides');
  const isSize = (of: Locator, size: string) => expect(of).toHaveAttribute('data-size', size);

  await test.step('by keys, which are announced', async () => {
    await tides.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await announced(page, 'Tides, Row, 2 by 1');
    await isSize(tides, 'row');
    await page.keyboard.press('Shift+ArrowDown');
    await announced(page, 'Tides, Card, 2 by 2');
    await page.keyboard.press('Shift+ArrowRight');
    await announced(page, 'Tides, Wide, 4 by 2');
    await page.keyboard.press('Shift+ArrowRight');
    await announced(page, 'Already the largest');
    await expect(tides).toBeFocused();
    await expect(tides).toContainText('High and low water.');
    await expect.poll(() => sizesOf(page, person.home)).toMatchObject({ Tides: 'wide' });
  });

  await test.step('by the menu', async () => {
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Size' }).click();
    await page.getByRole('menuitemcheckbox', { name: /^Tall/ }).click();
    await isSize(tides, 'tall');
    await expect.poll(() => sizesOf(page, person.home)).toMatchObject({ Tides: 'tall' });
  });

  await test.step('by its corner, with a preview', async () => {
    const notes = tile(page, 'Notes');
    await isSize(notes, 'card');
    await pull(page, notes, 3, 0.2);
    await expect(page.locator('.tile-ghost')).toHaveText('Wide');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect(page.locator('.tile-ghost, [data-resizing]')).toHaveCount(0);
    await isSize(notes, 'card');
    await pull(page, notes, 2.2, 0.2);
    await page.mouse.up();
    await isSize(notes, 'wide');
    await expect.poll(() => sizesOf(page, person.home)).toMatchObject({ Notes: 'wide' });
  });

  await test.step('and stays so', async () => {
    await page.reload();
    await isSize(tides, 'tall');
    await isSize(tile(page, 'Notes'), 'wide');
    await isSize(tile(page, 'Charts'), 'icon');
  });
});

test('the eye meets tiles of all sizes in the order of the keyboard', async ({ page, stack }) => {
  const sizes = ['wide', 'icon', 'row', 'tall', 'icon', 'card', 'icon', 'row', 'wide', 'card'];
  const person = await settle(
    page,
    stack.origin,
    sizes.map((size, at) => link(`Site ${at}`, { size })),
  );
  await openDesktop(page, person);
  const tiles = page.locator('[data-tile]');
  for (const width of [1440, 768, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await untilStill(page);
    const boxes = await tiles.evaluateAll((all) =>
      all.map((one) => {
        const { x, y } = one.getBoundingClientRect();
        // On a phone, pages follow each other sideways.
        return { page: Math.floor(x / innerWidth), x: Math.round(x), y: Math.round(y) };
      }),
    );
    const sorted = boxes.toSorted((a, b) => a.page - b.page || a.y - b.y || a.x - b.x);
    expect(boxes, `at ${width} pixels`).toEqual(sorted);
    await expectInside(page, `tiles at ${width} pixels`);
  }
});

test('a folder shows what is in it, and opens in place', async ({ page, stack }) => {
  const person = await settle(page, stack.origin, [link('Before')]);
  const { id } = await call<{ id: string }>(page, 'POST', `${person.home}/items`, {
    kind: 'folder',
    title: 'Weather',
  });
  const place = { folder_id: id, after: null };
  for (const title of ['Radar', 'Storms'])
    await call(page, 'POST', `${person.home}/items`, link(title, { place }));
  await call(page, 'POST', `${person.home}/items`, link('After'));
  await openDesktop(page, person);
  const folder = tile(page, 'Weather');
  const inside = page.getByRole('list', { name: 'Weather' }).getByRole('listitem');

  await expect(folder).toHaveAccessibleName(/^Weather folder, 2 items/);
  await expect(folder.locator('.face')).toHaveCount(2);
  await expect(page.locator('[data-tile]')).toHaveCount(3);

  await folder.focus();
  await page.keyboard.press('Enter');
  await expect(folder).toBeFocused();
  await expect(folder).toHaveAttribute('aria-expanded', 'true');
  await expect(inside).toContainText(['Storms', 'Radar']);
  await page.keyboard.press('ArrowRight');
  await expect(tile(page, 'Storms')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(tile(page, 'After')).toBeFocused();
  await expectAccessible(page, 'an open folder');

  await test.step('it stays open after a reload, and closes again', async () => {
    await page.reload();
    await expect(inside).toHaveCount(2);
    await folder.click();
    await expect(folder).toHaveAttribute('aria-expanded', 'false');
    await expect(inside).toHaveCount(0);
    await expect(folder).toBeFocused();
  });

  await test.step('a folder moves among other items', async () => {
    await page.keyboard.press('Alt+ArrowLeft');
    await announced(page, 'Weather, 1 of 3');
    await expect(page.locator('[data-tile]')).toContainText(['Weather', 'Before', 'After']);
    await expect(folder).toBeFocused();
  });

  await test.step('moving into a closed folder leaves the focus on the folder', async () => {
    await tile(page, 'After').focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Move to' }).click();
    await page.getByRole('menuitem', { name: 'Weather' }).click();
    await expect(folder).toHaveAccessibleName(/^Weather folder, 3 items/);
    await expect(folder).toBeFocused();
  });
});

/** Presses the corner of a tile and pulls it by so many cells; the button stays down. */
async function pull(page: Page, tile: Locator, columns: number, rows: number): Promise<void> {
  await tile.hover();
  const box = await tile.boundingBox();
  if (!box) throw new Error('not in sight');
  const cell = { width: box.width / 2, height: box.height / 2 };
  const corner = { x: box.x + box.width - 8, y: box.y + box.height - 8 };
  await page.mouse.move(corner.x, corner.y);
  await expect(async () => {
    await page.mouse.down();
    await page.mouse.move(corner.x + columns * cell.width, corner.y + rows * cell.height, {
      steps: 6,
    });
    await expect(page.locator('.tile-ghost')).toBeVisible({ timeout: 500 });
  }).toPass();
}

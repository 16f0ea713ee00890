// A home of three hundred items, arranged with a pointer.

import type { Locator, Page } from '@playwright/test';
import { addItems, call, openDesktop, settle, tile } from './support/person.ts';
import { expect, test } from './support/test.ts';

test('tiles of a full home are dragged next to others and into folders', async ({
  page,
  stack,
}) => {
  const person = await settle(page, stack.origin);
  await addItems(
    stack,
    person,
    Array.from({ length: 300 }, (_, at) => ({ kind: 'card', title: `Thing ${at + 1}.` })),
  );
  await call(page, 'POST', `${person.home}/items`, { kind: 'folder', title: 'Later' });
  await openDesktop(page, person);
  const tiles = page.locator('[data-tile]');
  const folder = tile(page, 'Later');
  await expect(tiles).toHaveCount(301);

  await test.step('beside another', async () => {
    await drag(page, tile(page, 'Thing 1.'), tile(page, 'Thing 3.'), 0.9);
    await expect(tiles.nth(1)).toContainText('Thing 3.');
    await expect(tiles.nth(2)).toContainText('Thing 1.');
    await drag(page, tile(page, 'Thing 1.'), tile(page, 'Thing 2.'), 0.1);
    await expect(tiles.first()).toContainText('Thing 1.');
  });

  const later = page.getByRole('list', { name: 'Later' });

  await test.step('far down, into a closed folder', async () => {
    await folder.scrollIntoViewIfNeeded();
    await drag(page, tile(page, 'Thing 300.'), folder, 0.5);
    await expect(folder).toContainText('1 item');
    await expect(tiles).toHaveCount(300);
  });

  await test.step('into an open one', async () => {
    await folder.click();
    await expect(later.getByRole('listitem')).toContainText(['Thing 300.']);
    await expect(folder).toBeFocused();
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await drag(page, tile(page, 'Thing 299.'), later, 0.9);
    await expect(later.getByRole('listitem')).toContainText(['Thing 300.', 'Thing 299.']);
  });

  await test.step('and stay there', async () => {
    await expect
      .poll(async () => {
        const path = `${person.home}/items?limit=200`;
        const { items } = await call<{ items: { title: string; folder_id: string | null }[] }>(
          page,
          'GET',
          path,
        );
        return items.filter((item) => item.folder_id).map(({ title }) => title);
      })
      .toEqual(['Thing 300.', 'Thing 299.']);
    await page.reload();
    await expect(tiles).toHaveCount(301);
    await expect(tiles.first()).toContainText('Thing 1.');
    await expect(later.getByRole('listitem')).toContainText(['Thing 300.', 'Thing 299.']);
  });

  await test.step('the focus is seen wherever arrow keys lead', async () => {
    await tiles.first().focus();
    await page.keyboard.press('End');
    await expect(tiles.last()).toBeFocused();
    await expect(tiles.last()).toBeInViewport();
    await page.keyboard.press('Home');
    await expect(tiles.first()).toBeFocused();
    await expect(tiles.first()).toBeInViewport();
  });
});

/** Drops one at a fraction of the other's width. */
async function drag(page: Page, what: Locator, onto: Locator, share: number): Promise<void> {
  await what.hover();
  await expect(what.locator('xpath=ancestor::*[@draggable="true"]')).toHaveCount(1);
  const from = await what.boundingBox();
  const to = await onto.boundingBox();
  if (!from || !to) throw new Error('not in sight');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width * share, to.y + to.height / 2, { steps: 12 });
  await expect(page.locator('[data-drop]')).toHaveCount(1);
  await page.mouse.up();
  await expect(page.locator('[data-drop], [data-dragging]')).toHaveCount(0);
}

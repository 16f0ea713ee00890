// A desktop with forty windows: what one action costs is counted, and not how long it takes.

import type { Page } from '@playwright/test';
import { expectAccessible, takePicture } from './support/inspect.ts';
import { call, settle, tile } from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

const VIEWPORT = { width: 1440, height: 900 };
test.use({ viewport: VIEWPORT });

const WINDOWS = 40;
/** Every fifth window has a page in it. */
const PAGES = WINDOWS / 5;

/** A home of which the desktop has a window open for each item. */
async function furnish(page: Page, stack: Stack) {
  const ada = await settle(page, stack.origin);
  const organization = `/api/organizations/${ada.handle}`;
  const space = ada.home.split('/').at(-1);
  const windows: Record<string, object> = {};
  for (let at = 0; at < WINDOWS; at++) {
    const { id } = await call<{ id: string }>(page, 'POST', `${ada.home}/items`, {
      title: at % 5 === 0 ? `Tides ${at}` : `Card ${at}`,
      ...(at % 5 === 0
        ? { kind: 'app', url: `${stack.tideTable.origin}/${at}`, mode: 'embed' }
        : { kind: 'card', body: 'Some text.' }),
    });
    // Each row of windows covers all but the title bars of the row above.
    const place = [20 + (at % 8) * 110, 10 + Math.floor(at / 8) * 80, 420, 320, 1440, 772];
    windows[`item:${space}/${id}`] = { size: [420, 320], place, shape: 'free', order: at };
  }
  const { id } = await call<{ id: string }>(page, 'GET', organization);
  await call(page, 'POST', `${organization}/workspaces`, {
    id: id.replace('org_', 'wks_'),
    name: 'Desktop 1',
    position: 1_000,
    layout: { format: 1, windows },
  });
  return ada;
}

/** Notes which windows change in the page from now on, and how. */
const watch = (page: Page) =>
  page.evaluate(() => {
    const changes = new Set<string>();
    Object.assign(window, { changes });
    new MutationObserver((records) => {
      for (const { target, type, attributeName } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        const of = element?.closest<HTMLElement>('[data-window]')?.dataset.window;
        changes.add(`${of ?? element?.nodeName} ${attributeName ?? type}`);
      }
    }).observe(document, {
      subtree: true,
      attributes: true,
      childList: true,
      characterData: true,
    });
  });
const changes = (page: Page) =>
  page.evaluate(() => [...(window as unknown as { changes: Set<string> }).changes].toSorted());

test('forty windows share the dock, and a drag changes one of them', async ({ page, stack }) => {
  test.slow();
  const ada = await furnish(page, stack);
  const before = stack.tideTable.frames();
  const loads = () => stack.tideTable.frames() - before;
  await page.goto(`/o/${ada.handle}/home`);
  await expect(tile(page, 'Card 39')).toBeAttached();
  const windows = page.locator('[data-window]');
  // A new browser has to ask the server for all of them.
  await expect(windows).toHaveCount(WINDOWS, { timeout: 30_000 });
  // The one at the back is rendered last.
  await expect(windows.first().locator('iframe:not(.opacity-0)')).toBeVisible({ timeout: 30_000 });
  await expect(windows.nth(1)).toContainText('Some text.');
  expect(loads()).toBe(PAGES);

  const dock = page.getByRole('navigation', { name: 'Dock' });
  const cards = dock.getByRole('button', { name: /^Cards, 32 open windows/ });

  await test.step('the dock has room for all of them at any width', async () => {
    for (const width of [320, 390, 640, 768, 1024, 1440, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      // A phone has one button for them all.
      const shared = dock.getByRole('button', { name: width < 640 ? /40/ : /, \d+ open windows/ });
      await expect(shared.first()).toBeVisible();
      await expect
        .poll(() =>
          dock.getByRole('button').evaluateAll((buttons) =>
            buttons.every((button) => {
              const { left, right } = button.getBoundingClientRect();
              return left >= 0 && right <= innerWidth;
            }),
          ),
        )
        .toBe(true);
      await expect
        .poll(() =>
          dock
            .locator('ul')
            .evaluateAll((all) => all.every((list) => list.scrollWidth <= list.clientWidth)),
        )
        .toBe(true);
    }
    await page.setViewportSize(VIEWPORT);
  });

  await test.step('a group lists its windows by keyboard, and marks the one in front', async () => {
    await cards.focus();
    await page.keyboard.press('Enter');
    const menu = page.getByRole('menu', { name: 'Cards, 32 open windows' });
    await expect(menu.getByRole('menuitemcheckbox')).toHaveCount(32);
    await expect(menu.getByRole('menuitemcheckbox', { checked: true })).toContainText('Card 39');
    await expectAccessible(page, 'windows of a group');
    await takePicture(page, 'many group');
    await test.step('with titles that are live', async () => {
      const { items } = await call<{ items: { id: string; title: string }[] }>(
        page,
        'GET',
        `${ada.home}/items?limit=200`,
      );
      const id = items.find(({ title }) => title === 'Card 1')?.id;
      await call(page, 'PATCH', `${ada.home}/items/${id}`, { title: 'First card' });
      await expect(menu.getByRole('menuitemcheckbox').first()).toContainText('First card');
    });
    await page.keyboard.press('Escape');
    await expect(cards).toBeFocused();
    await page.keyboard.press('Enter');
    await menu.getByRole('menuitemcheckbox', { name: /Card 2$/ }).press('Enter');
    await expect(windows.filter({ has: page.locator(':focus') })).toHaveCount(0);
    await expect(page.locator('[data-window]:focus')).toContainText('Card 2');
    await expect(cards).toHaveAccessibleName(/Card 2 in front$/);
  });

  const front = page.locator('[data-window]:focus');
  const id = await front.getAttribute('data-window');
  const bar = await front.locator('h2').boundingBox();
  if (!bar) throw new Error('no window is seen');

  await test.step('a drag styles the window, and renders nothing', async () => {
    await page.mouse.move(bar.x + 20, bar.y + 8);
    await page.mouse.down();
    await watch(page);
    await page.mouse.move(bar.x + 300, bar.y + 208, { steps: 20 });
    await expect
      .poll(async () => (await front.locator('h2').boundingBox())?.x)
      .toBeCloseTo(bar.x + 280, 0);
    expect(await changes(page)).toEqual([`${id} style`]);
    await page.mouse.up();
  });

  await test.step('raising a window changes it and the one that was in front', async () => {
    const first = windows.first();
    const raised = await first.getAttribute('data-window');
    await watch(page);
    const box = await first.locator('h2').boundingBox();
    await page.mouse.click((box?.x ?? 0) + 20, (box?.y ?? 0) + 8);
    await expect(dock.getByRole('button', { name: /Tides 0/ })).toHaveAttribute(
      'aria-current',
      'true',
    );
    const changed = (await changes(page)).filter((change) => change.startsWith('item:'));
    expect(new Set(changed.map((change) => change.split(' ')[0]))).toEqual(new Set([id, raised]));
  });

  await test.step('the overview shows them without a load', async () => {
    const loaded = loads();
    await page.keyboard.press('Control+ArrowUp');
    await expect(page.getByRole('dialog', { name: 'Overview' })).toBeVisible();
    await takePicture(page, 'many overview');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: 'Overview' })).toHaveCount(0);
    expect(loads()).toBe(loaded);
  });

  await test.step('a group is closed at once, and comes back', async () => {
    const place = await windows.nth(2).boundingBox();
    await cards.click();
    await page.getByRole('menuitem', { name: 'Close these 32 windows' }).click();
    await expect(windows).toHaveCount(PAGES);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(windows).toHaveCount(WINDOWS);
    await expect
      .poll(() => page.getByRole('dialog', { name: 'Card 2', exact: true }).boundingBox())
      .toEqual(place);
  });
});

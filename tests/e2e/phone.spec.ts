// The home of a phone, by touch: pages, arranging, sheets, the switcher, and turning it on its side.

import type { CDPSession, Locator } from '@playwright/test';
import { expectAccessible, expectInside, takePicture, untilStill } from './support/inspect.ts';
import {
  call,
  dialog,
  openDesktop,
  settle,
  threeThings,
  tile,
  windowOf,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

const UPRIGHT = { width: 390, height: 844 };
const ASIDE = { width: 844, height: 390 };

test.use({ viewport: UPRIGHT, hasTouch: true, isMobile: true });

test('a phone has pages, sheets and a switcher, by touch and by buttons', async ({
  page,
  context,
  stack,
}) => {
  const things = Array.from({ length: 24 }, (_, at) => ({
    kind: 'card',
    size: 'icon',
    title: `Thing ${at + 1}.`,
  }));
  const person = await settle(page, stack.origin, [
    ...threeThings(stack.tideTable.origin, stack.bank.origin),
    ...things,
  ]);
  const add = (item: object) => call<{ id: string }>(page, 'POST', `${person.home}/items`, item);
  const folder = await add({ kind: 'folder', title: 'Later' });
  await add({ kind: 'card', title: 'Inside', place: { folder_id: folder.id, after: null } });
  await openDesktop(page, person);
  const touch = await context.newCDPSession(page);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  const isShown = (number: number) =>
    expect(pages.getByRole('button', { name: `Page ${number} of 2` })).toHaveAttribute(
      'aria-current',
      'page',
    );

  await test.step('pages are swiped, or chosen by a button, a key or the focus', async () => {
    await isShown(1);
    await untilStill(page);
    await expectAccessible(page, 'the home of a phone');
    await expectInside(page, 'the home of a phone');
    await expectLarge(page.locator('button:visible:not([data-tile]):not(.sr-only)'));
    await takePicture(page, 'phone, home');
    await swipe(touch, { x: 320, y: 500 }, -260, 0);
    await isShown(2);
    await expect(page.getByText('Page 2 of 2', { exact: true })).toBeAttached();
    await expect(tile(page, 'Later')).toBeInViewport();
    await pages.getByRole('button', { name: 'Page 1 of 2' }).tap();
    await isShown(1);
    await page.keyboard.press('ArrowRight');
    await isShown(2);
    await tile(page, 'Tide Table').focus();
    await isShown(1);
    await page.keyboard.press('PageDown');
    await isShown(2);
    await page.keyboard.press('PageUp');
    await isShown(1);
  });

  const order = async () => (await page.locator('.tile-name').allTextContents()).slice(0, 3);
  const [tides, bank, reading] = ['Tide Table', 'Harbour Bank', 'What I am reading'];

  await test.step('a long press opens the menu of a tile, and Move begins to arrange', async () => {
    const { x, y } = await middleOf(tile(page, 'Tide Table'));
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
    await page.getByRole('menuitem', { name: 'Move', exact: true }).waitFor();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect(windowOf(page, 'Tide Table')).toHaveCount(0);
    await page.getByRole('menuitem', { name: 'Move', exact: true }).tap();
    await page.getByRole('button', { name: 'Move Tide Table later' }).tap();
    await expect.poll(order).toEqual([bank, tides, reading]);
    await expectAccessible(page, 'arranging on a phone');
    await expectLarge(page.locator('.page-bar button'));
    await page.getByRole('button', { name: 'Move Tide Table earlier' }).tap();
    await expect.poll(order).toEqual([tides, bank, reading]);
    await page.goBack();
    await expect(page.getByRole('button', { name: 'Arrange' })).toBeVisible();
  });

  await test.step('a finger that moves on from a long press drags the tile', async () => {
    const from = await middleOf(tile(page, 'Tide Table'));
    const to = await middleOf(tile(page, 'What I am reading'));
    const at = (x: number, y: number) =>
      touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x, y }] });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [from] });
    await page.getByRole('menuitem', { name: 'Move', exact: true }).waitFor();
    await at(from.x + 30, from.y);
    await at(to.x, to.y);
    await at(to.x + 12, to.y);
    await expect(page.locator('[data-lifted]')).toHaveCount(1);
    await expect(page.getByRole('menu')).toHaveCount(0);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(order).toEqual([bank, reading, tides]);
    await page.getByRole('button', { name: 'Done arranging' }).tap();
  });

  await test.step('a folder opens as a sheet, which Back closes', async () => {
    await tile(page, 'Later').focus();
    await isShown(2);
    await tile(page, 'Later').tap();
    const sheet = dialog(page, 'Later');
    await expect(sheet.getByRole('list', { name: 'Later' }).getByRole('listitem')).toHaveCount(1);
    await untilStill(page);
    await expectAccessible(page, 'a folder on a phone');
    await page.goBack();
    await expect(sheet).toHaveCount(0);
    await isShown(2);
  });

  await test.step('everything stays when the phone is turned', async () => {
    const first = await page.locator('[data-page="1"] .tile-name').first().textContent();
    await page.setViewportSize(ASIDE);
    await expect(tile(page, first ?? '')).toBeInViewport();
    await expect(page.getByRole('button', { name: 'Arrange' })).toBeInViewport();
    await untilStill(page);
    await expectInside(page, 'the home of a phone on its side');
    await takePicture(page, 'phone, on its side');
    await page.setViewportSize(UPRIGHT);
    await isShown(2);
  });

  const home = page.getByRole('navigation', { name: 'Dock' }).getByRole('button', { name: 'Home' });

  await test.step('a sheet is pulled down, or minimized by its handle', async () => {
    await home.tap();
    await isShown(1);
    const sheet = windowOf(page, 'Tide Table');
    const framesBefore = stack.tideTable.frames();
    await tile(page, 'Tide Table').tap();
    await expect(sheet.frameLocator('iframe').getByRole('heading')).toBeVisible();
    await swipe(touch, await middleOf(sheet.locator('h2')), 0, 20);
    await expect(sheet).toBeVisible();
    await swipe(touch, await middleOf(sheet.locator('h2')), 0, 300);
    await expect(sheet).toBeHidden();
    // Up from the dock, as the button beside does.
    await swipe(touch, await middleOf(home), 0, -90);
    const overview = page.getByRole('dialog', { name: 'Overview' });
    await expect(overview).toBeVisible();
    // A tap right after a swipe only stops what the swipe moves.
    await expect(async () => {
      await overview.getByRole('button', { name: /^Tide Table, minimized/ }).tap();
      await expect(overview).toHaveCount(0, { timeout: 1_000 });
    }).toPass();
    await expect(sheet).toBeVisible();
    await page.getByRole('button', { name: 'Minimize Tide Table' }).tap();
    await expect(sheet).toBeHidden();
    expect(stack.tideTable.frames()).toBe(framesBefore + 1);
  });

  await test.step('the keyboard and the edges of the screen cover nothing', async () => {
    await page.getByRole('button', { name: 'Add', exact: true }).tap();
    const form = dialog(page, 'Add to this page');
    await form.getByText('Card', { exact: true }).tap();
    await form.getByLabel('Text').focus();
    // As Safari says it: the page keeps its height, and less of it is seen.
    await page.evaluate(() => {
      const { visualViewport } = window;
      if (!visualViewport) throw new Error('the browser has no visual viewport');
      Object.defineProperty(visualViewport, 'height', { value: 480, configurable: true });
      visualViewport.dispatchEvent(new Event('resize'));
    });
    await expect
      .poll(async () => {
        const box = await form.getByRole('button', { name: 'Add', exact: true }).boundingBox();
        return (box?.y ?? 0) + (box?.height ?? 0);
      })
      .toBeLessThanOrEqual(480);
    await page.keyboard.press('Escape');
    const insets = { top: 47, bottom: 34 };
    await touch.send('Emulation.setSafeAreaInsetsOverride' as never, { insets } as never);
    const top = page.getByRole('region', { name: 'Top bar' }).getByRole('button');
    await expect.poll(async () => (await top.last().boundingBox())?.y).toBeGreaterThan(46);
    const box = await home.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(844 - 34);
  });
});

async function middleOf(element: Locator): Promise<{ x: number; y: number }> {
  const box = await element.boundingBox();
  if (!box) throw new Error('it is not seen');
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

/** Moves a finger so many pixels. */
async function swipe(
  touch: CDPSession,
  { x, y }: { x: number; y: number },
  dx: number,
  dy: number,
) {
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
  for (let step = 1; step <= 10; step += 1) {
    const touchPoints = [{ x: x + (dx * step) / 10, y: y + (dy * step) / 10 }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

/** Refuses buttons that are too small for a finger. */
async function expectLarge(buttons: Locator): Promise<void> {
  const small = await buttons.evaluateAll((all) =>
    all.flatMap((one) => {
      const { width, height } = one.getBoundingClientRect();
      const isHit = getComputedStyle(one).pointerEvents !== 'none';
      return isHit && Math.min(width, height) < 44 ? [`${one.ariaLabel} ${width}×${height}`] : [];
    }),
  );
  expect(small).toEqual([]);
}

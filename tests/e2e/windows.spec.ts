// Windows over a long time: their content while they are hidden, and how it is restored.

import { takePicture } from './support/inspect.ts';
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

test('a page in a window that is hidden for long is unloaded, and loaded again in its place', async ({
  page,
  stack,
}) => {
  await page.clock.install();
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  await openDesktop(page, await settle(page, stack.origin, things));
  const window = windowOf(page, 'Tide Table');
  const frame = window.locator('iframe');
  const button = window.frameLocator('iframe').getByRole('button');
  const minimize = () => page.getByRole('button', { name: 'Minimize Tide Table' }).click();
  const inDock = (name: string) =>
    page.getByRole('navigation', { name: 'Dock' }).getByRole('button', { name, exact: true });
  const restore = () => page.getByRole('button', { name: 'Tide Table, open window' }).click();

  await tile(page, 'Tide Table').click();
  await button.click();
  await window.getByRole('button', { name: 'Menu of Tide Table' }).click();
  await page.getByRole('menuitem', { name: 'Right half' }).click();
  // It moves there in a transition.
  const half = (page.viewportSize()?.width ?? 0) / 2;
  await expect.poll(async () => (await window.boundingBox())?.x).toBe(half);
  const place = await window.boundingBox();

  await test.step('a short while changes nothing', async () => {
    await minimize();
    await page.clock.fastForward('04:00');
    await restore();
    await expect(button).toHaveText('Marked');
  });

  await test.step('a long one ends the page, and not the window', async () => {
    await minimize();
    await page.clock.fastForward('05:01');
    await expect(frame).toHaveCount(0);
    await expect(inDock('Tide Table, open window, not running')).toBeVisible();
    await takePicture(page, 'dock, a window that is not running');
    await restore();
    await expect(button).toHaveText('Mark');
    await expect(inDock('Tide Table, open window')).toBeVisible();
    await expect.poll(() => window.boundingBox()).toEqual(place);
    await expect(window.getByText('Paused while it was hidden · Reloaded')).toBeVisible();
    await takePicture(page, 'window, paused while it was hidden');
    await window.getByRole('button', { name: 'Hide this message' }).click();
  });

  await test.step('behind a window that covers it is hidden, too', async () => {
    await tile(page, 'What I am reading').click();
    await page.getByRole('button', { name: 'Maximize What I am reading' }).click();
    await page.clock.fastForward('05:01');
    await expect(frame).toHaveCount(0);
    await page.getByRole('button', { name: 'Close What I am reading' }).click();
    await expect(button).toHaveText('Mark');
  });

  await test.step('one that is to go on does', async () => {
    await button.click();
    const keep = page.getByRole('menuitemcheckbox', { name: 'Keep running while hidden' });
    await window.getByRole('button', { name: 'Menu of Tide Table' }).click();
    await keep.click();
    await minimize();
    await page.clock.fastForward('05:01');
    await expect(inDock('Tide Table, open window')).toBeVisible();
    await restore();
    await expect(button).toHaveText('Marked');
  });
});

test('a window edits its own item, also while another space is shown', async ({ page, stack }) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  const spaces = `/api/organizations/${person.handle}/spaces`;
  await call(page, 'POST', spaces, { title: 'Workshop', slug: 'workshop' });
  await openDesktop(page, person);
  await tile(page, 'What I am reading').click();
  await page.getByRole('button', { name: /^Switch space/ }).click();
  await page.getByRole('menuitemcheckbox', { name: /^Workshop/ }).click();
  await expect(page.getByRole('heading', { name: 'Workshop', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Menu of What I am reading' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const form = dialog(page, 'Edit card');
  await form.getByLabel('Title').fill('What I read');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  await expect(windowOf(page, 'What I read')).toBeVisible();
});

test('a window has its place and size again after the browser was narrow for a while', async ({
  page,
  stack,
}) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  await openDesktop(page, await settle(page, stack.origin, things));
  await tile(page, 'What I am reading').click();
  const window = windowOf(page, 'What I am reading');
  await expect(window.getByRole('link')).toBeVisible();
  const wide = page.viewportSize() ?? { width: 1280, height: 720 };
  const before = await window.boundingBox();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(async () => (await window.boundingBox())?.width).toBe(390);
  await page.setViewportSize(wide);
  await expect.poll(() => window.boundingBox()).toEqual(before);
});

test('Escape cancels dragging and resizing a window', async ({ page, stack }) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  await openDesktop(page, await settle(page, stack.origin, things));
  await tile(page, 'What I am reading').click();
  const window = windowOf(page, 'What I am reading');
  await expect(window.getByRole('link')).toBeVisible();
  const before = await window.boundingBox();
  if (!before) throw new Error('no window is seen');
  const { x, y, width, height } = before;
  for (const [fromX, fromY] of [
    [x + 200, y + 20],
    [x + width, y + height / 2],
  ] as const) {
    await page.mouse.move(fromX, fromY);
    await page.mouse.down();
    await page.mouse.move(fromX + 60, fromY + 50, { steps: 4 });
    await expect.poll(() => window.boundingBox()).not.toEqual(before);
    await page.keyboard.press('Escape');
    await expect.poll(() => window.boundingBox()).toEqual(before);
    await page.mouse.move(fromX + 90, fromY + 90);
    await page.mouse.up();
    expect(await window.boundingBox()).toEqual(before);
  }
});

test('a double click on a tile opens one tab', async ({ page, context, stack }) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  await openDesktop(page, await settle(page, stack.origin, things));
  const opened: string[] = [];
  context.on('page', (tab) => opened.push(tab.url()));
  const popup = page.waitForEvent('popup');
  await tile(page, 'Harbour Bank').dblclick();
  await (await popup).waitForLoadState();
  expect(opened).toHaveLength(1);
});

test('the dock keeps its width when the connection changes', async ({ page, context, stack }) => {
  await openDesktop(page, await settle(page, stack.origin));
  const bar = page.getByRole('navigation', { name: 'Dock' }).locator('> div');
  const before = await bar.boundingBox();
  // An answer that is on its way would prove that there is a network.
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await expect(page.getByRole('navigation', { name: 'Dock' }).getByText('Offline')).toBeVisible();
  expect(await bar.boundingBox()).toEqual(before);
  await context.setOffline(false);
  await expect(page.getByText(/^You are offline/)).toHaveCount(0);
});

test('the keyboard focus can leave an embedded page for its window', async ({ page, stack }) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  await openDesktop(page, await settle(page, stack.origin, things));
  await tile(page, 'Tide Table').click();
  const window = windowOf(page, 'Tide Table');
  await window.frameLocator('iframe').getByRole('button').focus();
  const back = window.getByRole('button', { name: 'Back to the window' });
  await page.keyboard.press('Tab');
  await expect(back.last()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(window).toBeFocused();
  await page.keyboard.press('Control+Alt+w');
  await expect(window).toHaveCount(0);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the buttons of a window are large enough for a finger', async ({ page, stack }) => {
    const things = threeThings(stack.tideTable.origin, stack.bank.origin);
    await openDesktop(page, await settle(page, stack.origin, things));
    await tile(page, 'Tide Table').click();
    const buttons = windowOf(page, 'Tide Table').locator('button:visible:not(.sr-only)');
    await expect(buttons).toHaveCount(4);
    for (const button of await buttons.all()) {
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
  });
});

test('text has its own direction', async ({ page, stack }) => {
  const card = { kind: 'card', title: 'مرحبا بالعالم', body: 'هذا نص عربي.' };
  await openDesktop(page, await settle(page, stack.origin, [card]));
  const excerpt = page.getByText('هذا نص عربي.');
  await expect(excerpt).toHaveCSS('direction', 'rtl');
  await tile(page, 'مرحبا').focus();
  await page.keyboard.press('F2');
  await expect(dialog(page, 'Edit card').getByLabel('Text')).toHaveCSS('direction', 'rtl');
});

// Several desktops, the overview of all windows, and the switcher: by pointer, by keyboard, on a phone.

import type { Page } from '@playwright/test';
import { expectAccessible, expectInside, takePicture, untilStill } from './support/inspect.ts';
import { openApp, openDesktop, settle, threeThings, tile, windowOf } from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

test.use({ viewport: { width: 1440, height: 900 } });

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await openDesktop(page, person);
  return person;
}

const overview = (page: Page) => page.getByRole('dialog', { name: 'Overview' });
const inOverview = (page: Page, title: string) =>
  overview(page).getByRole('button', { name: new RegExp(`^${title}`) });

/** Waits until what is shown was saved, so that a reload cannot come before it. */
async function addDesktop(page: Page) {
  await page.getByRole('button', { name: /^Desktops/ }).click();
  await page.getByRole('menuitem', { name: 'New desktop' }).click();
}

test('each desktop has its windows and its URL', async ({ page, stack }) => {
  const person = await arrive(page, stack);
  const members = await openApp(page, 'Members');
  await addDesktop(page);
  await expect(page).toHaveURL(/\?desktop=wks_[0-9a-z]{26}$/);
  await expect(members).toBeHidden();
  const instances = await openApp(page, 'Instances');
  await expect(page).toHaveURL(/\?desktop=wks_[0-9a-z]{26}&window=instances$/);
  await page.reload();
  await expect(instances).toBeVisible();
  await expect(members).toBeHidden();
  await page.keyboard.press('Control+Shift+ArrowUp');
  await expect(members).toBeVisible();
  await expect(instances).toBeHidden();
  await expect(page).toHaveURL(`/o/${person.handle}/home?window=members`);
  await expect(page.getByText('Desktop 1, desktop 1 of 2')).toHaveCount(1);

  await test.step('the dock shows the desktop of a window', async () => {
    await page
      .getByRole('navigation', { name: 'Dock' })
      .getByRole('button', { name: 'Instances' })
      .click();
    await expect(instances).toBeVisible();
    await expect(members).toBeHidden();
  });

  await test.step('removing one moves its windows to its neighbour', async () => {
    await page.getByRole('button', { name: /^Desktops/ }).click();
    await page.getByRole('menuitem', { name: 'Remove the desktop' }).click();
    await expect(
      page.getByText('Desktop 2 was removed. Its windows are on Desktop 1.'),
    ).toBeVisible();
    await expect(instances).toBeVisible();
    await expect(members).toBeVisible();
    await expect(page).toHaveURL(`/o/${person.handle}/home?window=members&window=instances`);
    await page.reload();
    await expect(instances).toBeVisible();
    await expect(members).toBeVisible();
  });
});

test('an embedded page is loaded once, whatever happens to its window', async ({ page, stack }) => {
  await arrive(page, stack);
  const before = stack.tideTable.frames();
  const loads = () => stack.tideTable.frames() - before;
  await tile(page, 'Tide Table').click();
  const window = windowOf(page, 'Tide Table');
  const button = window.frameLocator('iframe').getByRole('button');
  await button.click();
  expect(loads()).toBe(1);
  const stays = async (what: string) => {
    await expect(button, what).toHaveText('Marked');
    expect(loads(), what).toBe(1);
  };

  await openApp(page, 'Members');
  await page.keyboard.press('Control+Backquote');
  await stays('raised');
  const box = await window.boundingBox();
  if (!box) throw new Error('no window is seen');
  await page.mouse.move(box.x + 200, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 260, box.y + 60, { steps: 6 });
  await page.mouse.up();
  await stays('moved');
  const now = await window.boundingBox();
  if (!now) throw new Error('no window is seen');
  await page.mouse.move(now.x + now.width, now.y + now.height / 2);
  await page.mouse.down();
  await page.mouse.move(now.x + now.width - 90, now.y + now.height / 2, { steps: 6 });
  await page.mouse.up();
  await stays('resized');
  await page.keyboard.press('Control+Alt+ArrowRight');
  await stays('snapped');
  await page.keyboard.press('Control+Alt+ArrowDown');
  await expect(window).toBeHidden();
  await page.getByRole('button', { name: 'Tide Table, open window' }).click();
  await stays('minimized and back');
  await addDesktop(page);
  await expect(window).toBeHidden();
  await page.keyboard.press('Control+Shift+ArrowUp');
  await stays('on another desktop and back');
  await page.keyboard.press('Control+Alt+Shift+ArrowDown');
  await expect(page).toHaveURL(/desktop=wks/);
  await stays('moved to another desktop');
  await page.getByRole('button', { name: 'Overview of all windows' }).click();
  await expect(inOverview(page, 'Tide Table, 1 of 1')).toBeFocused();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(inOverview(page, 'Tide Table')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(overview(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Tide Table, open window' }).click();
  await stays('shown in the overview and sent back');
});

test('the overview shows all windows, opens, closes and moves them by keyboard', async ({
  page,
  stack,
}) => {
  await arrive(page, stack);
  for (const app of ['Members', 'Instances', 'Events']) await openApp(page, app);
  await page.keyboard.press('Control+ArrowUp');
  await expect(inOverview(page, 'Events, 3 of 3')).toBeFocused();
  await untilStill(page);
  await expectAccessible(page, 'the overview');
  await expectInside(page, 'the overview');
  await takePicture(page, 'overview');
  const boxes = await Promise.all(
    ['Members', 'Instances', 'Events'].map((title) =>
      page.locator('[data-window]').filter({ hasText: title }).first().boundingBox(),
    ),
  );
  for (const box of boxes) expect(box?.width).toBeLessThan(560);

  // The desktop behind it cannot be reached.
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(
      () =>
        document.activeElement === document.body ||
        document.activeElement?.closest('[data-overview]') !== null,
    );
    expect(inside).toBe(true);
  }
  await inOverview(page, 'Events, 3 of 3').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(inOverview(page, 'Instances, 2 of 3')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(windowOf(page, 'Instances')).toHaveCount(0);
  await expect(inOverview(page, 'Events, 2 of 2')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(overview(page)).toHaveCount(0);
  await expect(windowOf(page, 'Members')).toBeFocused();
});

test('desktops are named, ordered and removed in the overview', async ({ page, stack }) => {
  await arrive(page, stack);
  await page.keyboard.press('Control+ArrowUp');
  await overview(page).getByRole('button', { name: 'New desktop' }).click();
  const second = overview(page).getByRole('button', { name: /^Desktop 2, desktop 2 of 2/ });
  await second.press('F2');
  await page.getByLabel('Name of the desktop').fill('Deep work');
  await page.keyboard.press('Enter');
  const renamed = overview(page).getByRole('button', { name: /^Deep work, desktop 2 of 2/ });
  await expect(renamed).toBeFocused();
  await renamed.press('Alt+ArrowLeft');
  await expect(
    overview(page).getByRole('button', { name: /^Deep work, desktop 1 of 2/ }),
  ).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Overview of all windows' }).click();
  await expect(
    overview(page).getByRole('button', { name: /^Deep work, desktop 1 of 2/ }),
  ).toBeVisible();
});

test('a window is dragged to another desktop in the overview', async ({ page, stack }) => {
  await arrive(page, stack);
  await openApp(page, 'Members');
  await addDesktop(page);
  await page.keyboard.press('Control+Shift+ArrowUp');
  await page.getByRole('button', { name: 'Overview of all windows' }).click();
  await untilStill(page);
  const from = await inOverview(page, 'Members').boundingBox();
  const to = await overview(page)
    .getByRole('button', { name: /^Desktop 2/ })
    .boundingBox();
  if (!from || !to) throw new Error('nothing to drag');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await takePicture(page, 'overview, dragging');
  await page.mouse.up();
  await expect(
    overview(page).getByRole('button', { name: /^Desktop 2, desktop 2 of 2, 1 window/ }),
  ).toBeVisible();
  await expect(inOverview(page, 'Members')).toHaveCount(0);
  await overview(page)
    .getByRole('button', { name: /^Desktop 2, / })
    .click();
  await expect(inOverview(page, 'Members, 1 of 1')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(windowOf(page, 'Members')).toBeVisible();
});

test('holding Alt cycles through the windows, letting go shows one', async ({ page, stack }) => {
  await arrive(page, stack);
  for (const app of ['Members', 'Instances', 'Events']) await openApp(page, app);
  const options = page.getByRole('listbox', { name: 'Windows' }).getByRole('option');
  await page.keyboard.down('Alt');
  await page.keyboard.press('Backquote');
  await expect(options).toHaveText([/Events/, /Instances/, /Members/]);
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expectAccessible(page, 'the switcher');
  await takePicture(page, 'switcher');
  await page.keyboard.press('Backquote');
  await expect(options.nth(2)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.up('Alt');
  await expect(options).toHaveCount(0);
  await expect(windowOf(page, 'Members')).toBeFocused();
  await page.keyboard.down('Alt');
  await page.keyboard.press('Backquote');
  await page.keyboard.press('Escape');
  await page.keyboard.up('Alt');
  await expect(options).toHaveCount(0);
  await expect(windowOf(page, 'Members')).toBeFocused();
});

test('a window that is dragged to a corner fills a quarter, as the preview shows', async ({
  page,
  stack,
}) => {
  await arrive(page, stack);
  const window = await openApp(page, 'Members');
  const box = await window.boundingBox();
  if (!box) throw new Error('no window is seen');
  await page.mouse.move(box.x + 150, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(4, 80, { steps: 8 });
  await takePicture(page, 'snap preview');
  await page.mouse.up();
  await expect.poll(async () => (await window.boundingBox())?.width).toBe(720);
  const quarter = await window.boundingBox();
  expect(quarter?.x).toBe(0);
  expect(quarter?.height).toBeLessThan(400);
  // Dragged away, it has its own size again.
  await page.mouse.move(200, (quarter?.y ?? 0) + 20);
  await page.mouse.down();
  await page.mouse.move(500, 300, { steps: 8 });
  await page.mouse.up();
  await expect.poll(async () => (await window.boundingBox())?.width).toBe(box.width);
});

test('a window has the size that it had when it was closed', async ({ page, stack }) => {
  await arrive(page, stack);
  const window = await openApp(page, 'Members');
  const box = await window.boundingBox();
  if (!box) throw new Error('no window is seen');
  await page.mouse.move(box.x + box.width, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 120, box.y + 200, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Close Members' }).click();
  await openApp(page, 'Members');
  await expect.poll(async () => (await window.boundingBox())?.width).toBe(box.width - 120);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the overview is the switcher, and Back closes it', async ({ page, stack }) => {
    await arrive(page, stack);
    await openApp(page, 'Members');
    await openApp(page, 'Events');
    await page.getByRole('button', { name: 'Minimize Events' }).click();
    await page.getByRole('button', { name: 'Minimize Members' }).click();
    await page.getByRole('button', { name: 'Overview of all windows' }).click();
    await untilStill(page);
    await expectAccessible(page, 'the overview on a phone');
    await expectInside(page, 'the overview on a phone');
    await takePicture(page, 'overview, phone');
    await page.goBack();
    await expect(overview(page)).toHaveCount(0);
    await page.getByRole('button', { name: 'Overview of all windows' }).click();
    await inOverview(page, 'Members').click();
    await expect(windowOf(page, 'Members')).toBeVisible();
  });
});

/** Notes each animation of a window that starts: where it begins, and how long it takes. */
async function noteGrowth(page: Page) {
  await page.addInitScript(() => {
    const noted: string[] = [];
    Object.assign(globalThis, { noted });
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (this: Element, ...args) {
      const [frames, options] = args as [Keyframe[], KeyframeAnimationOptions];
      if (this.matches('[data-window]')) noted.push(`${frames[0]?.transform} ${options.duration}`);
      return animate.apply(this, args);
    };
  });
  return () => page.evaluate(() => Reflect.get(globalThis, 'noted') as string[]);
}

test('a window opens without motion where the system asks for none', async ({ page, stack }) => {
  const growth = await noteGrowth(page);
  await arrive(page, stack);
  await tile(page, 'What I am reading').click();
  await expect(windowOf(page, 'What I am reading')).toBeVisible();
  expect(await growth()).toEqual([]);
});

test.describe('with motion', () => {
  test.use({ contextOptions: { reducedMotion: 'no-preference' } });

  test('a window grows out of its tile', async ({ page, stack }) => {
    const growth = await noteGrowth(page);
    await arrive(page, stack);
    const from = await tile(page, 'Tide Table').boundingBox();
    await tile(page, 'Tide Table').click();
    const window = windowOf(page, 'Tide Table');
    await expect(window).toBeVisible();
    await untilStill(page);
    const to = await window.boundingBox();
    if (!from || !to) throw new Error('nothing grows');
    const [start = ''] = await growth();
    const [, x, y, duration] = /^translate\((.+)px, (.+)px\) scale\(.+\) (\d+)$/.exec(start) ?? [];
    expect(Number(x)).toBeCloseTo(from.x - to.x, 0);
    expect(Number(y)).toBeCloseTo(from.y - to.y, 0);
    expect(duration).toBe('160');
  });
});

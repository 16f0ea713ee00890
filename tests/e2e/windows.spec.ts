// Windows over a long day: what they hold while nobody sees them, and how they come back.

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

test('a page in a window that is hidden for long is unloaded, and opened again in its place', async ({
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
  // It glides there.
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

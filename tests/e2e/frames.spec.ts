// Embedded pages: their states, the links that people follow in them, and who may post such links.

import type { Page } from '@playwright/test';
import { type StandIn, standIn } from '../harness/servers.ts';
import { expectAccessible } from './support/inspect.ts';
import { dialog, openDesktop, settle, tile, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

/** A site with this page, whatever the path. */
const site = (body: string, status = () => 200): Promise<StandIn> =>
  standIn((_, response) => {
    response.writeHead(status(), { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><title>Guest</title><body>${body}</body></html>`);
  });

const app = (title: string, { origin }: StandIn) => ({
  kind: 'app',
  title,
  url: origin,
  mode: 'embed',
});

const frameOf = (page: Page, title: string) =>
  windowOf(page, title).locator('iframe').contentFrame();

test('a link in an embedded page opens where the person chooses', async ({ page, stack }) => {
  const target = stack.tideTable.origin;
  // The script first: a link that is followed before it runs is followed as on any page.
  const guest = await site(`
    <script src="${stack.origin}/guest-link.js"></script>
    <p style="margin:40px"><a href="${target}/tides">Tides</a></p>
    <p><a href="${target}/out" data-prox-os-skip-managed-link>Left alone</a></p>`);
  const ada = await settle(page, stack.origin, [app('Guest', guest)]);
  await openDesktop(page, ada);
  await tile(page, 'Guest').click();
  const inside = frameOf(page, 'Guest');
  const link = inside.getByRole('link', { name: 'Tides' });
  const menu = page.getByRole('menu');

  // By keyboard, too: the menu takes the focus and gives it back.
  await link.press('Enter');
  await expect(menu.getByRole('menuitem', { name: 'Open here' })).toBeVisible();
  await expect(menu.getByText(`${target}/tides`)).toBeVisible();
  await expectAccessible(page, 'menu of a link');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();

  await link.click();
  await menu.getByRole('menuitem', { name: 'Save to home' }).click();
  await expect(
    dialog(page, 'Add to this page').getByRole('textbox', { name: 'Address' }),
  ).toHaveValue(`${target}/tides`);
  await page.keyboard.press('Escape');

  await link.click();
  await menu.getByRole('menuitem', { name: 'Open here' }).click();
  const opened = windowOf(page, 'Tide Table');
  await expect(opened.locator('iframe').contentFrame().getByText('High water')).toBeVisible();
  await opened.getByRole('button', { name: 'Close Tide Table' }).click();

  // The link that opts out navigates its own frame.
  await inside.getByRole('link', { name: 'Left alone' }).click();
  await expect(inside.getByText('High water')).toBeVisible();
  await expect(menu).toBeHidden();
  await guest.stop();
});

test('messages of strangers open no menu', async ({ page, stack }) => {
  const guest = await site('<h1>Guest</h1>');
  const ada = await settle(page, stack.origin, [app('Guest', guest)]);
  await openDesktop(page, ada);
  await tile(page, 'Guest').click();
  const inside = frameOf(page, 'Guest');
  await expect(inside.getByRole('heading')).toBeVisible();
  const menu = page.getByRole('menu');
  const message = { type: 'prox-os:guest-link', href: 'https://example.com/', x: 5, y: 5 };
  const post = (data: unknown) =>
    inside.locator('body').evaluate((_, sent) => parent.postMessage(sent, '*'), data);

  // The shell itself is not an embedded page.
  await page.evaluate((sent) => postMessage(sent, '*'), message);
  await post({ ...message, href: 'mailto:a@example.com' });
  await post({ ...message, x: 'left' });
  // A page that navigated to another origin speaks for itself only.
  const elsewhere = await site('<h1>Elsewhere</h1>');
  await inside.locator('body').evaluate((_, url) => location.assign(url), elsewhere.origin);
  await expect(inside.getByRole('heading', { name: 'Elsewhere' })).toBeVisible();
  await post(message);
  await expect(menu).toBeHidden();

  // It is the origin that was missing: back home, the same message opens the menu.
  await inside.locator('body').evaluate((_, url) => location.assign(url), guest.origin);
  await expect(inside.getByRole('heading', { name: 'Guest' })).toBeVisible();
  await post(message);
  await expect(menu).toBeVisible();
  await Promise.all([guest.stop(), elsewhere.stop()]);
});

test('a site that refuses frames is a card that can be checked again', async ({ page, stack }) => {
  const ada = await settle(page, stack.origin, [app('Harbour Bank', stack.bank)]);
  await openDesktop(page, ada);
  await tile(page, 'Harbour Bank').click();
  const window = windowOf(page, 'Harbour Bank');
  await expect(window.getByRole('list', { name: 'Why it is not shown here' })).toBeVisible();
  await expect(window.locator('iframe')).toHaveCount(0);
  await window.getByRole('button', { name: 'Check again' }).click();
  await expect(window.getByRole('button', { name: 'Check again' })).toBeVisible();
  await expectAccessible(page, 'refused');
});

test('a page that was opened offline loads when the network is back', async ({
  page,
  context,
  stack,
}) => {
  const guest = await site('<h1>Guest</h1>');
  const ada = await settle(page, stack.origin, [app('Guest', guest)]);
  await openDesktop(page, ada);
  // The code of windows is fetched when a pointer comes near.
  await tile(page, 'Guest').hover();
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await tile(page, 'Guest').click();
  await expect(windowOf(page, 'Guest').getByText('You are offline')).toBeVisible();
  await context.setOffline(false);
  await expect(frameOf(page, 'Guest').getByRole('heading')).toBeVisible();
  await guest.stop();
});

test('a page gets the size of a phone, and a report of it is copied', async ({ page, stack }) => {
  const guest = await site('<h1>Guest</h1>');
  const ada = await settle(page, stack.origin, [app('Guest', guest)]);
  await page.setViewportSize({ width: 1600, height: 1200 });
  await openDesktop(page, ada);
  await tile(page, 'Guest').click();
  const frame = windowOf(page, 'Guest').locator('iframe');
  await expect(frameOf(page, 'Guest').getByRole('heading')).toBeVisible();
  await windowOf(page, 'Guest').getByRole('button', { name: 'Menu of Guest' }).click();
  await page.getByRole('menuitem', { name: 'Size of the page' }).press('ArrowRight');
  await page.getByRole('menuitem', { name: /^Phone/ }).press('Enter');
  // A display has whole pixels: half of one may be missing.
  await expect
    .poll(async () => {
      const box = await frame.boundingBox();
      return box && [Math.abs(box.width - 390) < 1, Math.abs(box.height - 844) < 1];
    })
    .toEqual([true, true]);
  await windowOf(page, 'Guest').getByRole('button', { name: 'Menu of Guest' }).click();
  await page.getByRole('menuitem', { name: 'Copy a report' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`Page: ${guest.origin}/`);
  await guest.stop();
});

test('a page in a window does not disturb the desktop around it', async ({
  page,
  context,
  stack,
}) => {
  // In the page's own script: what a test runs in a page counts as a key that somebody pressed.
  const guest = await site(`
    <h1>Guest</h1><button>Press</button><pre></pre>
    <script>
      const outcome = async (run) => { try { return await run(); } catch (e) { return e.name; } };
      const tries = {
        alert: () => alert('Hello'),
        confirm: () => confirm('Sure?'),
        prompt: () => prompt('Name?'),
        popup: () => window.open('about:blank'),
        fullscreen: () => document.documentElement.requestFullscreen(),
        desktop: () => { top.location = 'about:blank'; },
        sound: () => new AudioContext().state,
      };
      (async () => {
        const all = {};
        for (const name in tries) all[name] = (await outcome(tries[name])) ?? null;
        document.querySelector('pre').textContent = JSON.stringify(all);
      })();
      addEventListener('beforeunload', (e) => e.preventDefault());
    </script>`);
  const ada = await settle(page, stack.origin, [app('Guest', guest)]);
  const dialogs: string[] = [];
  page.on('dialog', (one) => {
    dialogs.push(one.message());
    void one.dismiss();
  });
  await openDesktop(page, ada);
  await tile(page, 'Guest').click();
  const inside = frameOf(page, 'Guest');
  await expect(inside.locator('pre')).not.toBeEmpty();
  expect(JSON.parse(await inside.locator('pre').innerText())).toEqual({
    alert: null,
    confirm: false,
    prompt: null,
    popup: null,
    fullscreen: 'TypeError',
    desktop: 'SecurityError',
    sound: 'suspended',
  });
  expect(dialogs).toEqual([]);
  expect(context.pages()).toHaveLength(1);
  await expect(page).toHaveURL(/home/);

  await test.step('also when it goes on to a page that refuses frames', async () => {
    // Somebody pressed something in it, so that it may ask before it is left.
    await inside.getByRole('button', { name: 'Press' }).click();
    await inside
      .locator('body')
      .evaluate((_, url) => void setTimeout(() => location.assign(url)), stack.bank.origin);
    await expect(inside.getByRole('heading', { name: 'Guest' })).toHaveCount(0);
    await windowOf(page, 'Guest').getByRole('button', { name: 'Menu of Guest' }).click();
    await page.getByRole('menuitem', { name: 'Reload' }).click();
    await expect(inside.getByRole('heading', { name: 'Guest' })).toBeVisible();
    await inside.getByRole('button', { name: 'Press' }).click();
    await page.getByRole('button', { name: 'Close Guest' }).click();
    await expect(windowOf(page, 'Guest')).toHaveCount(0);
    expect(dialogs).toEqual([]);
  });
  await guest.stop();
});

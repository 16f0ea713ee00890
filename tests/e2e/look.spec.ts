// The look that a person chooses: themes, accents, light and dark, screensavers.

import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from './support/inspect.ts';
import {
  call,
  dialog,
  openApp,
  openDesktop,
  type Person,
  settle,
  threeThings,
  windowOf,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

const THEMES = [
  'Paper',
  'Glacier',
  'Forest',
  'Dusk',
  'Clay',
  'Blossom',
  'Riso',
  'Phosphor',
  'Ink',
  'High contrast',
];

/** Signs in the same person in another browser. */
const signInAgain = (page: Page, origin: string, { email }: Person) =>
  page.request.post(`${origin}/api/auth/dev`, { data: { email }, headers: { origin } });

/** Chooses one of several by its label, as a pointer does: the radio button itself cannot be seen. */
async function choose(settings: Locator, group: string, name: string): Promise<void> {
  const options = settings.getByRole('group', { name: group });
  await options.getByText(name, { exact: true }).click();
  const radio = options.getByRole('radio', { name: new RegExp(`^${name}`) });
  await expect(radio.and(options.locator(':checked'))).toHaveCount(1);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });
    test('every theme keeps the contrast of text', async ({ page, stack }) => {
      const ada = await settle(page, stack.origin);
      await openDesktop(page, ada);
      const settings = await openApp(page, 'Settings');
      for (const theme of THEMES) {
        await choose(settings, 'Theme', theme);
        await expectAccessible(page, theme);
      }
      // The strongest and the weakest of the accents, and none.
      for (const accent of ['Amber', 'Indigo', 'As the theme']) {
        const accents = settings.getByRole('group', { name: 'Accent' });
        await accents.getByRole('radio', { name: accent }).focus();
        await page.keyboard.press('Space');
        await expect(accents.getByRole('radio', { name: accent })).toBeChecked();
        await expectAccessible(page, accent);
      }
    });
  });
}

test('a look holds from before the first paint after a reload', async ({ page, stack }) => {
  const ada = await settle(page, stack.origin);
  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  await choose(settings, 'Theme', 'Dusk');
  await choose(settings, 'Light or dark', 'Dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dusk');
  // Scripts of the page's head ran, and none of the shell.
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dusk');
  await expect(page.locator('html')).toHaveAttribute('data-mode', 'dark');
});

test('the mode that follows the sun changes at sunset', async ({ page, context, stack }) => {
  await context.grantPermissions(['geolocation']);
  // Reykjavík, where the sun sets late in June: at 23:51 and not at 19:00.
  await context.setGeolocation({ latitude: 64.1, longitude: -21.9 });
  await page.clock.install({ time: new Date('2026-06-10T22:00:00Z') });
  const ada = await settle(page, stack.origin);
  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  await choose(settings, 'Light or dark', 'Sun');
  await expect(settings.getByRole('status')).toContainText('Dark from sunset to sunrise');
  await expect(page.locator('html')).toHaveAttribute('data-mode', 'light');
  await page.clock.fastForward('02:00:00');
  await expect(page.locator('html')).toHaveAttribute('data-mode', 'dark');
});

test('a screensaver starts when nobody is there, and any key ends it', async ({ page, stack }) => {
  await page.clock.install();
  const ada = await settle(page, stack.origin);
  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  await choose(settings, 'Screensaver', 'Clock');
  const show = settings.getByRole('button', { name: 'Show it now' });
  const screensaver = page.getByRole('dialog', { name: 'Screensaver' });

  await show.press('Enter');
  await expect(screensaver).toBeFocused();
  await expectAccessible(page, 'screensaver');
  await page.keyboard.press('Escape');
  await expect(screensaver).toBeHidden();
  // The key did nothing else: the window is open, and the focus is back.
  await expect(windowOf(page, 'Settings')).toBeVisible();
  await expect(show).toBeFocused();

  await page.clock.fastForward('00:09:00');
  await expect(screensaver).toBeHidden();
  await page.clock.fastForward('00:01:10');
  await expect(screensaver).toBeVisible();
  await page.mouse.move(200, 200);
  await page.mouse.move(240, 240);
  await expect(screensaver).toBeHidden();
});

test('a look follows the person to an open page of another browser', async ({
  page,
  browser,
  baseURL,
  stack,
}) => {
  const ada = await settle(page, stack.origin);
  await openDesktop(page, ada);
  const context = await browser.newContext({ ...(baseURL && { baseURL }) });
  const other = await context.newPage();
  await signInAgain(other, stack.origin, ada);
  await openDesktop(other, ada);
  const settings = await openApp(page, 'Settings');
  await choose(settings, 'Theme', 'Clay');
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'clay');
  // Different fields that both change at once both hold.
  // The desktop is the same there, so the window is open already.
  const there = windowOf(other, 'Settings');
  await Promise.all([choose(settings, 'Corners', 'Sharp'), choose(there, 'Density', 'Roomy')]);
  for (const one of [page, other]) {
    await expect(one.locator('html')).toHaveAttribute('data-corners', 'sharp');
    await expect(one.locator('html')).toHaveAttribute('data-density', 'roomy');
  }
  await context.close();
});

test('a look that was chosen offline is kept and sent later', async ({ page, context, stack }) => {
  const ada = await settle(page, stack.origin);
  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  await context.setOffline(true);
  await choose(settings, 'Theme', 'Forest');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'forest');
  await context.setOffline(false);
  await expect
    .poll(() =>
      call<{ values: object }>(page, 'GET', '/api/me/preferences').then((it) => it.values),
    )
    .toMatchObject({ theme: 'forest' });
});

test('signing out leaves nothing of a person in the browser', async ({ page, stack }) => {
  const ada = await settle(page, stack.origin);
  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  await choose(settings, 'Theme', 'Riso');
  const kept = () => page.evaluate(() => Object.keys(localStorage));
  await expect.poll(kept).toContainEqual(expect.stringMatching(/^prox\.document:usr_/));
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/sign-in/);
  expect((await kept()).filter((name) => name.startsWith('prox.document'))).toEqual([]);
});

test('a link to a look shows it first, and can be undone', async ({ page, stack }) => {
  const ada = await settle(page, stack.origin);
  await page.goto('/look?theme=riso&accent=25&corners=round&density=unheard-of&dialog=publish');
  const look = dialog(page, 'The look Riso');
  await expect(look).toContainText('Two inks on cream, red accent, round corners.');
  await expectAccessible(page, 'a look of a link');
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
  await look.getByRole('button', { name: 'Use this look' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'riso');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');

  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  await choose(settings, 'Theme', 'Clay');
  await settings.getByRole('button', { name: 'Copy a link to this look' }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(`${stack.origin}/look?theme=clay`);
});

test('a wallpaper belongs to its desktop, and text on it stays readable', async ({
  page,
  stack,
}) => {
  const ada = await settle(
    page,
    stack.origin,
    threeThings(stack.tideTable.origin, stack.bank.origin),
  );
  await openDesktop(page, ada);
  const settings = await openApp(page, 'Settings');
  const wallpaper = page.locator('[data-wallpaper]');
  for (const art of ['Waves', 'Paper', 'Orbit']) {
    await choose(settings, 'Wallpaper of this desktop', art);
    await expect(wallpaper.locator(`.art-${art.toLowerCase()}`)).toBeVisible();
    await expectAccessible(page, art);
  }
  await page.reload();
  await expect(wallpaper.locator('.art-orbit')).toBeVisible();

  const address = settings.getByRole('textbox', { name: 'Address of a picture' });
  await address.fill('http://example.com/a.png');
  await address.press('Enter');
  await expect(settings.getByText(/must be an address that begins with https/)).toBeVisible();
  await address.fill('https://nowhere.example/a.png');
  await address.press('Enter');
  await expect(settings.getByText(/does not lead to a picture/)).toBeVisible();
  await expect(wallpaper.locator('.art-orbit')).toBeVisible();
  await choose(settings, 'Wallpaper of this desktop', 'None');
  await expect(wallpaper).toHaveCount(0);
});

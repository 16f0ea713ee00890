// Every view, at each width, in both colour schemes and in one of the looks (in all of them with
// E2E_LOOKS=all): axe finds no violation and nothing overflows. With E2E_PICTURES=1, screenshots are
// written to test-results/views.

import type { Page } from '@playwright/test';
import {
  expectAccessible,
  expectInside,
  expectNoSidewaysScroll,
  TAKES_PICTURES,
  takePicture,
  untilStill,
} from './support/inspect.ts';
import { LOOKS, type Look, takeOff, wear } from './support/looks.ts';
import {
  addItems,
  call,
  dialog,
  enter,
  openApp,
  openDesktop,
  openPublish,
  type Person,
  publishAnyway,
  publishDialog,
  settle,
  threeThings,
  tile,
  windowOf,
} from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

interface Size {
  width: number;
  height: number;
  /** Whether axe checks it, too: between these widths only the available space changes. */
  axe: boolean;
}

const PHONE: Size = { width: 390, height: 844, axe: true };
const TABLET: Size = { width: 768, height: 1024, axe: false };
const LAPTOP: Size = { width: 1440, height: 900, axe: true };
const SCREEN: Size = { width: 2560, height: 1440, axe: false };

/** Each test runs at its first size; the other sizes are checked along the way. */
const WALKS = [
  { on: 'a phone', sizes: [PHONE] },
  { on: 'a laptop', sizes: [LAPTOP, TABLET, SCREEN] },
] as const;

/** Checks the view that is shown. */
type Inspect = (view: string) => Promise<void>;

const ALL_LOOKS = process.env.E2E_LOOKS === 'all';

for (const { on, sizes } of WALKS) {
  test.describe(`on ${on}`, () => {
    test.use({ viewport: sizes[0], colorScheme: 'light' });
    // Many views in each; all looks of all views take twenty minutes.
    test.describe.configure({ timeout: ALL_LOOKS ? 3_600_000 : 180_000 });
    test('arriving', ({ page, stack }) => arriving(page, stack, inspectFrom(page, sizes)));
    test('desktop', ({ page, stack }) => desktop(page, stack, inspectFrom(page, sizes)));
    test('system apps', ({ page, stack }) => systemApps(page, stack, inspectFrom(page, sizes)));
    test('public', ({ page, stack }) => publicPages(page, stack, inspectFrom(page, sizes, [])));
  });
}

test('a full home', async ({ page, stack }) => {
  // Three hundred writes first.
  test.slow();
  await page.setViewportSize(LAPTOP);
  await fullHome(page, stack, inspectFrom(page, [LAPTOP, { ...PHONE, axe: false }]));
});

/** Checks the page in each size and colour scheme, then restores it. */
function inspectFrom(page: Page, sizes: readonly Size[], looks: readonly Look[] = LOOKS): Inspect {
  let number = 0;
  const inspectIn = async (view: string, size: Size) => {
    await untilStill(page);
    if (size.axe) await expectAccessible(page, view);
    await expectInside(page, view);
    await expectNoSidewaysScroll(page, view);
    const order = String(number).padStart(2, '0');
    await takePicture(page, `${test.info().title} ${order} ${view}`);
  };
  return (view) =>
    test.step(view, async () => {
      // The pointer's last position has a hover style.
      await page.mouse.move(0, 0);
      number += 1;
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const size of sizes) {
          // What overflows does so in both.
          if (!size.axe && colorScheme === 'dark' && !TAKES_PICTURES) continue;
          if (sizes.length > 1) await page.setViewportSize(size);
          await inspectIn(`${view}, ${size.width} ${colorScheme}`, size);
        }
        if (sizes.length > 1) await page.setViewportSize(sizes[0] ?? LAPTOP);
        for (const [at, look] of looks.entries()) {
          // One look for each view, in light and dark by turns, so that all views together have all.
          const isTurn =
            at === (number * 7) % looks.length && (colorScheme === 'dark') === !(number % 2);
          if (!ALL_LOOKS && !isTurn) continue;
          await wear(page, look);
          const name = `${view}, ${colorScheme} ${look.theme} ${look.density}`;
          await inspectIn(name, sizes[0] ?? LAPTOP);
          await takeOff(page);
        }
      }
    });
}

async function arriving(page: Page, stack: Stack, inspect: Inspect): Promise<void> {
  await page.goto('/sign-in');
  await expect(page.getByRole('link', { name: 'Continue with Google' })).toBeVisible();
  await inspect('sign-in');
  await page.goto('/sign-in?google=declined');
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByLabel('Email')).toHaveAttribute('aria-invalid', 'true');
  // The field alone shows its error; the other alert is about Google.
  await expect(page.getByRole('alert')).toHaveCount(1);
  await inspect('sign-in refused');
  await enter(page, stack.origin);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Make your home' })).toBeVisible();
  await inspect('first run, name');
  await page.getByRole('button', { name: 'Make my home' }).click();
  await page.getByRole('textbox', { name: 'Address 1' }).fill(stack.tideTable.origin);
  await page.getByRole('textbox', { name: 'Address 2' }).fill(stack.bank.origin);
  await expect(page.getByText('Opens in a new tab.')).toBeVisible();
  await expect(page.getByText('Opens in a window, right here.')).toBeVisible();
  await inspect('first run, fill');
  await page.getByRole('button', { name: 'Add these 2' }).click();
  await expect(page.getByRole('heading', { name: 'Show it to somebody' })).toBeVisible();
  await inspect('first run, show');
  await page.getByRole('button', { name: 'Publish' }).click();
  await publishAnyway(page);
  await expect(page.getByText('Your page is live.')).toBeVisible();
  await inspect('first run, live');
  await page.goto('/nowhere');
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await inspect('no such page');
}

async function desktop(page: Page, stack: Stack, inspect: Inspect): Promise<void> {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  await expect(page.getByRole('heading', { name: 'Nothing is here yet' })).toBeVisible();
  await inspect('desktop, empty');
  await fill(page, stack, person);
  await expect(tile(page, 'What I am reading')).toBeVisible();
  await inspect('desktop, three things');
  await dialogs(page, stack, inspect);
  await itemWindows(page, inspect);
}

/** The sign-in and the first run, up to the open desktop. */
async function fill(page: Page, stack: Stack, person: Person & { home: string }): Promise<void> {
  for (const item of threeThings(stack.tideTable.origin, stack.bank.origin))
    await call(page, 'POST', `${person.home}/items`, item);
}

async function dialogs(page: Page, stack: Stack, inspect: Inspect): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
  await inspect('menu of the person');
  await page.keyboard.press('Escape');
  await tile(page, 'Tide Table').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeVisible();
  await inspect('menu of an item');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const add = dialog(page, 'Add to this page');
  await add.getByRole('textbox', { name: 'Address' }).fill(stack.bank.origin);
  await expect(add.getByText('Opens in a new tab.')).toBeVisible();
  await inspect('add an address');
  await add.getByText('Card', { exact: true }).click();
  await add.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(add.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true');
  await inspect('add a card, refused');
  await page.keyboard.press('Escape');
  await tile(page, 'What I am reading').focus();
  await page.keyboard.press('F2');
  await expect(dialog(page, 'Edit card').getByLabel('Title')).toBeFocused();
  await inspect('edit a card');
  await page.keyboard.press('Escape');
  await openPublish(page);
  const publish = publishDialog(page);
  await publish.getByRole('radio', { name: /^Public/ }).check();
  await publish.getByRole('button', { name: 'Publish' }).click();
  await publishAnyway(page);
  await expect(publish.getByRole('button', { name: 'Done' })).toBeVisible();
  await inspect('publish');
  await page.keyboard.press('Escape');
  await expect(publish).toBeHidden();
}

async function itemWindows(page: Page, inspect: Inspect): Promise<void> {
  await tile(page, 'Tide Table').click();
  const framed = windowOf(page, 'Tide Table').frameLocator('iframe');
  await expect(framed.getByRole('heading')).toBeVisible();
  await inspect('window of an app');
  await page.getByRole('button', { name: 'Close Tide Table' }).click();
  await tile(page, 'What I am reading').click();
  await expect(windowOf(page, 'What I am reading').getByRole('link')).toBeVisible();
  await inspect('window of a card');
  await page.getByRole('button', { name: 'Close What I am reading' }).click();
}

async function systemApps(page: Page, stack: Stack, inspect: Inspect): Promise<void> {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  const close = (title: string) => page.getByRole('button', { name: `Close ${title}` }).click();
  const events = await openApp(page, 'Events');
  await expect(events.getByRole('heading', { name: 'Nothing happened yet' })).toBeVisible();
  await inspect('events, none');
  const body = { type: 'deploy.finished', payload: { message: 'Version 14 is live' } };
  await call(page, 'POST', `/api/organizations/${person.handle}/instances/main/events`, body);
  await events.getByText('deploy.finished').click();
  await expect(events.getByText('"message"')).toBeVisible();
  await inspect('events');
  await close('Events');
  const members = await openApp(page, 'Members');
  await expect(members.getByText('you', { exact: true })).toBeVisible();
  await inspect('members');
  await close('Members');
  await call(page, 'POST', `/api/organizations/${person.handle}/instances`, { name: 'Staging' });
  const instances = await openApp(page, 'Instances');
  await expect(instances.getByText('staging', { exact: true })).toBeVisible();
  await inspect('instances');
  await instances.getByRole('button', { name: 'Rename Staging' }).click();
  await expect(dialog(page, 'Rename Staging')).toBeVisible();
  await inspect('rename an instance');
  await page.keyboard.press('Escape');
  await close('Instances');
  const connectors = await openApp(page, 'Connectors');
  await expect(connectors.getByRole('link', { name: 'Connect Slack' })).toBeVisible();
  await inspect('connectors');
  await close('Connectors');
  await call(page, 'POST', `${person.home}/domains`, { hostname: `${person.handle}.example` });
  const domains = await openApp(page, 'Domains');
  await expect(domains.getByText('CNAME', { exact: true })).toBeVisible();
  await inspect('domains');
  await close('Domains');
  const settings = await openApp(page, 'Settings');
  await expect(settings.getByText('This one')).toBeVisible();
  await inspect('settings');
  await settings.getByText('Keyboard', { exact: true }).scrollIntoViewIfNeeded();
  await inspect('settings, sign-ins');
  await close('Settings');
  await deletion(page, person, inspect);
  await openApp(page, 'Events');
  await page.goto(`/o/${person.handle}/nowhere`);
  await expect(page.getByRole('heading', { name: 'There is no such space' })).toBeVisible();
  await inspect('no such space');
}

/** Only a shared organization can be deleted: a new one. */
async function deletion(page: Page, { handle }: Person, inspect: Inspect): Promise<void> {
  const crew = { name: 'Harbour Crew', slug: `crew-${handle}` };
  await call(page, 'POST', '/api/organizations', crew);
  const space = { title: 'Harbour Crew', slug: 'home' };
  await call(page, 'POST', `/api/organizations/${crew.slug}/spaces`, space);
  await page.goto(`/o/${crew.slug}/home`);
  const settings = await openApp(page, 'Settings');
  await settings.getByRole('button', { name: 'Delete organization' }).click();
  const form = dialog(page, 'Delete Harbour Crew?');
  await form.getByRole('button', { name: 'Delete organization' }).click();
  await expect(form.getByText('That is not its name.')).toBeVisible();
  await inspect('delete an organization');
  await page.keyboard.press('Escape');
}

/** Three hundred items in five folders, some of them with very long words. */
async function fullHome(page: Page, stack: Stack, inspect: Inspect): Promise<void> {
  const person = await settle(page, stack.origin);
  const add = (item: object) => call<{ id: string }>(page, 'POST', `${person.home}/items`, item);
  for (const title of ['Reading', 'Making', 'Weather', 'Money', 'People']) {
    const { id } = await add({ kind: 'folder', title });
    const rows = Array.from({ length: 60 }, (_, number) =>
      number % 10 === 9
        ? { kind: 'card' as const, title: `${title} ${number}`, body: 'word'.repeat(60) }
        : { kind: 'link' as const, title: names[number % 4] ?? '', url: stack.bank.origin },
    );
    await addItems(
      stack,
      person,
      rows.map((row) => ({ ...row, folder_id: id })),
    );
  }
  await openDesktop(page, person);
  const folders = page.locator('[data-tile][aria-expanded]');
  await expect(folders).toHaveCount(5);
  await inspect('desktop');
  for (const folder of await folders.all()) await folder.click();
  await expect(page.locator('[data-tile]')).toHaveCount(305);
  await inspect('desktop, open folders');
  await call(page, 'POST', `${person.home}/publish`, { audience: 'public' });
  await page.goto(`/@${person.handle}`);
  await expect(page.getByRole('heading', { name: 'People', exact: true })).toBeVisible();
  await inspect('home');
}

const names = [
  'Bank',
  'The harbour office and its opening hours',
  'Donaudampfschifffahrtsgesellschaftskapitän',
  'مرحبا بالعالم',
];

async function publicPages(page: Page, stack: Stack, inspect: Inspect): Promise<void> {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await call(page, 'POST', `${person.home}/publish`, { audience: 'public' });
  await page.goto(`/@${person.handle}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await inspect('home');
  await page.goto(`/@${person.handle}/nowhere`);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await inspect('nothing here');
  await page.goto(`http://nobody.example:${stack.port}/`);
  await expect(page.getByRole('heading', { name: 'Nothing is published here' })).toBeVisible();
  await inspect('unknown host');
  await page.goto(`http://127.0.0.1:${stack.port}/`);
  await expect(page.getByRole('heading', { name: 'Nothing is published here' })).toBeVisible();
  await inspect('refused by the edge');
}

// The search: from anywhere, without a mouse, with filters, and in bad times.

import type { Page } from '@playwright/test';
import { hold } from './support/hold.ts';
import { expectAccessible, inspectView, takePicture, untilStill } from './support/inspect.ts';
import { call, enter, openDesktop, settle, threeThings, tile, windowOf } from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

const box = (page: Page) => page.getByRole('dialog', { name: 'Search' });
const field = (page: Page) => box(page).getByRole('combobox', { name: 'Search' });
const options = (page: Page) => box(page).getByRole('option');
const option = (page: Page, text: string) => options(page).filter({ hasText: text });

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  const spaces = `/api/organizations/${person.handle}/spaces`;
  const { id } = await call<{ id: string }>(page, 'POST', spaces, {
    title: 'Laboratory',
    slug: 'lab',
  });
  await call(page, 'POST', `${spaces}/${id}/items`, {
    kind: 'card',
    title: 'Punched cards',
    body: 'How the loom is told its pattern.',
    tags: ['weaving'],
  });
  await openDesktop(page, person);
  await expect(tile(page, 'What I am reading')).toBeVisible();
  return person;
}

async function search(page: Page, text: string) {
  await page.keyboard.press('Control+Shift+k');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type(text);
}

test('things are found and opened with a keyboard alone', async ({ page, stack, context }) => {
  await arrive(page, stack);

  await test.step('a card by a word of its text, with the words around it', async () => {
    await search(page, 'philosopher');
    const found = option(page, 'What I am reading');
    await expect(found.locator('mark', { hasText: /^Philosopher$/i })).toBeVisible();
    await expect(found).toContainText('Your home');
    await expect(box(page).getByText(/^\d+ results?$/)).toHaveRole('status');
    await expect(field(page)).toHaveAttribute(
      'aria-activedescendant',
      (await found.getAttribute('id')) ?? '',
    );
    await page.keyboard.press('Enter');
    await expect(box(page)).toBeHidden();
    await expect(windowOf(page, 'What I am reading')).toBeFocused();
  });

  await test.step('an open window, at once and by its name', async () => {
    await page.keyboard.press('Control+Alt+ArrowDown');
    await expect(windowOf(page, 'What I am reading')).toBeHidden();
    await search(page, 'what i am');
    await expect(option(page, 'Open window')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(windowOf(page, 'What I am reading')).toBeFocused();
  });

  await test.step('an item of another space, which is shown then', async () => {
    await search(page, 'punhced');
    await expect(option(page, 'Punched cards')).toContainText('Laboratory');
    await page.keyboard.press('Enter');
    await expect(windowOf(page, 'Punched cards')).toBeVisible();
    await expect(page).toHaveURL(/\/lab\?/);
  });

  await test.step('in a tab of its own', async () => {
    await search(page, 'tide table');
    await expect(option(page, 'Tide Table')).toBeVisible();
    const opened = context.waitForEvent('page');
    await page.keyboard.press('Control+Enter');
    const other = await opened;
    await expect(windowOf(other, 'Tide Table')).toBeVisible();
    await other.close();
    await expect(field(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(box(page)).toBeHidden();
  });

  await test.step('a system app, and a setting, without the server', async () => {
    await search(page, 'domains');
    await expect(option(page, 'System app')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(windowOf(page, 'Domains')).toBeVisible();
  });
});

test('the row that was found is shown in its app', async ({ page, stack, anonymous }) => {
  const person = await arrive(page, stack);
  const organization = `/api/organizations/${person.handle}`;
  const post = <T extends object>(path: string, body: object) =>
    call<T>(page, 'POST', `${organization}${path}`, body);
  const staging = await post<{ id: string }>('/instances', { name: 'Staging' });
  const record = (type: string) => post('/instances/staging/events', { type, payload: {} });
  await record('harbour.opened');
  // More than a page.
  await Promise.all(Array.from({ length: 55 }, () => record('harbour.closed')));
  const grace = await enter(anonymous, stack.origin, 'Grace Hopper');
  const member = await post<{ id: string }>('/members', { email: grace.email, role: 'member' });
  await post('/spaces/lab/domains', { hostname: `jetty-${person.handle}.example.org` });
  const found = page.locator('[data-found]');
  const said = page.locator('[aria-live="polite"]');

  await test.step('an event of another instance, on a later page', async () => {
    await search(page, 'harbour.opened');
    await expect(option(page, 'harbour.opened')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(found).toBeFocused();
    await expect(found).toBeInViewport();
    await expect(found.getByRole('button', { name: 'Copy payload' })).toBeVisible();
    await expect(said.filter({ hasText: 'Found harbour.opened' })).toBeAttached();
    const instance = windowOf(page, 'Events').getByLabel('Instance');
    await expect(instance.locator('option:checked')).toHaveText('Staging');
    await expectAccessible(page, 'found event');
    // Another instance can be chosen after.
    await instance.selectOption('Main');
    await expect(instance.locator('option:checked')).toHaveText('Main');
    await expect(found).toHaveCount(0);
  });

  await test.step('a member, whose controls come next', async () => {
    await search(page, 'grace');
    await expect(option(page, 'Grace Hopper')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(found).toBeFocused();
    await expect(found).toContainText('Grace Hopper');
    await expect(page).toHaveURL(/window=members$/);
    await expectAccessible(page, 'found member');
    await page.keyboard.press('Tab');
    await expect(page.getByLabel('Role of Grace Hopper')).toBeFocused();
    await expect(found).toHaveCount(0);
  });

  await test.step('one that left meanwhile is said to be missing', async () => {
    await search(page, 'grace');
    await expect(option(page, 'Grace Hopper')).toBeVisible();
    await call(page, 'DELETE', `${organization}/members/${member.id}`);
    await expect(page.getByLabel('Role of Grace Hopper')).toHaveCount(0);
    await page.keyboard.press('Enter');
    await expect(page.getByText('The member you looked for is not in this list')).toBeFocused();
    await expect(windowOf(page, 'Members')).toBeVisible();
    await expectAccessible(page, 'missing member');
  });

  await test.step('a domain of another space', async () => {
    await search(page, 'jetty');
    await expect(option(page, 'jetty')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(found).toBeFocused();
    await expect(found).toContainText('jetty');
    await expect(page).toHaveURL(/\/lab\?.*window=domains$/);
  });

  await test.step('an instance by its address, which then names the window', async () => {
    await page.goto(`/o/${person.handle}/home?window=instances.${staging.id}`);
    await expect(found).toBeFocused();
    await expect(found).toContainText('Staging');
    await expect(page).toHaveURL(/window=instances$/);
    await page.reload();
    await expect(windowOf(page, 'Instances')).toBeVisible();
    await page.goBack();
    await expect(windowOf(page, 'Instances')).toBeHidden();
  });
});

test('filters are completed and hold', async ({ page, stack }) => {
  await arrive(page, stack);
  await search(page, 'kind:ca');
  await expect(options(page).first()).toContainText('kind:card');
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue('kind:card ');
  await expect(field(page)).toBeFocused();
  await expect(option(page, 'Punched cards')).toBeVisible();
  await expect(option(page, 'What I am reading')).toBeVisible();
  await expect(option(page, 'Tide Table')).toHaveCount(0);
  await page.keyboard.type('in:la');
  await page.keyboard.press('Enter');
  await expect(field(page)).toHaveValue('kind:card in:lab ');
  await expect(option(page, 'What I am reading')).toHaveCount(0);
  await expect(option(page, 'Punched cards')).toBeVisible();
});

test('it says when nothing is found, when it fails, and when there is no network', async ({
  page,
  stack,
  context,
}) => {
  await arrive(page, stack);
  await search(page, 'xyzzy');
  await expect(box(page).getByText('Nothing that you can see matches “xyzzy”.')).toBeVisible();

  let broken = true;
  await page.route('**/api/search?*', (route) => {
    if (!broken) return route.continue();
    return route.fulfill({ status: 503, json: { status: 503, code: 'unavailable' } });
  });
  await page.keyboard.press('Control+a');
  await page.keyboard.type('philosopher');
  await expect(box(page).getByRole('alert')).toBeVisible();
  broken = false;
  await box(page).getByRole('button', { name: 'Try again' }).click();
  await expect(option(page, 'What I am reading')).toBeVisible();
  await expect(field(page)).toBeFocused();
  await page.unroute('**/api/search?*');

  // Further results that cannot be had are asked for again only when somebody wants it, although the
  // desktop repeats what failed, and the first results come again.
  const asked = { first: 0, further: 0 };
  await page.route('**/api/search?*', async (route) => {
    if (new URL(route.request().url()).searchParams.has('cursor')) {
      asked.further += 1;
      return route.fulfill({ status: 500, json: { status: 500, code: 'internal' } });
    }
    asked.first += 1;
    const response = await route.fetch();
    return route.fulfill({ response, json: { ...(await response.json()), next_cursor: 'more' } });
  });
  // At once: each part of a word that is typed slowly is a query of its own.
  await field(page).fill('reading');
  await expect.poll(() => asked).toEqual({ first: 2, further: 1 });
  await expect(box(page).getByRole('alert')).toBeHidden();
  // The end of the list is in sight.
  await option(page, 'Show more').evaluate(
    (end) => new Promise<void>((done) => new IntersectionObserver(() => done()).observe(end)),
  );
  await call(page, 'GET', '/api/me');
  expect(asked.further).toBe(1);
  await option(page, 'Show more').click();
  await expect.poll(() => asked.further).toBe(2);
  await page.keyboard.press('Escape');
  await expect(box(page)).toBeHidden();

  await context.setOffline(true);
  await search(page, 'settings');
  await expect(box(page).getByText('You are offline.', { exact: false })).toBeVisible();
  await expect(option(page, 'System app')).toBeVisible();
});

test('the palette leads to the search, and back', async ({ page, stack }) => {
  const isTyped = await hold(page, '**/assets/Palette-*.js');
  await arrive(page, stack);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('philosopher');
  // Its code is on the way: it is pressed when that is there.
  await page.keyboard.press('Enter');
  isTyped();
  await expect(field(page)).toHaveValue('philosopher');
  await expect(option(page, 'What I am reading')).toBeVisible();
  await box(page).getByRole('button', { name: 'Find a command instead' }).click();
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
});

for (const [width, height] of [
  [390, 844],
  [1440, 900],
] as const) {
  test(`its views at ${width} pixels`, async ({ page, stack }) => {
    await page.setViewportSize({ width, height });
    await arrive(page, stack);
    const look = (view: string) => inspectView(page, `search ${view}, ${width}`);
    await page.getByRole('button', { name: /^Search/ }).click();
    await expect(field(page)).toBeFocused();
    await look('empty');
    await page.keyboard.type('re');
    await expect(option(page, 'What I am reading')).toBeVisible();
    await look('found');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('kind:');
    await expect(option(page, 'kind:member')).toBeVisible();
    await look('filters');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('xyzzy');
    await expect(box(page).getByText('Nothing that you can see')).toBeVisible();
    await look('nothing');
    await page.emulateMedia({ forcedColors: 'active' });
    await page.keyboard.press('Control+a');
    await page.keyboard.type('re');
    await expect(option(page, 'What I am reading')).toBeVisible();
    await untilStill(page);
    await expect(box(page).locator('[data-highlighted]')).toHaveCSS('outline-style', 'solid');
    await takePicture(page, `search forced colours, ${width}`);
  });
}

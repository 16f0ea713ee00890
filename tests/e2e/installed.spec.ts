// The shell as an installed app: it starts from the browser, receives what is shared, and goes on
// while a new version is deployed.

import type { Page } from '@playwright/test';
import { expectAccessible, takePicture } from './support/inspect.ts';
import {
  dialog,
  freshEmail,
  openApp,
  openDesktop,
  settle,
  threeThings,
  tile,
  untilKept,
  untilLive,
  windowOf,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

const ownScript = (page: Page) => page.locator('script[type="module"][src]').getAttribute('src');

test.use({ serviceWorkers: 'allow' });

test('the manifest names icons of the sizes that it says', async ({ page, stack }) => {
  await settle(page, stack.origin);
  await page.goto('/');
  const session = await page.context().newCDPSession(page);
  const { url, errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(new URL(url).pathname).toBe('/manifest.webmanifest');
  const { icons, shortcuts } = JSON.parse(data ?? '{}') as {
    icons: { src: string; sizes: string }[];
    shortcuts: { url: string }[];
  };
  const apple = { src: '/icons/apple-touch-icon.png', sizes: '180x180' };
  for (const { src, sizes } of [...icons, apple]) {
    const drawn = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect(drawn, src).toBe(sizes);
  }
  for (const shortcut of shortcuts) {
    await page.goto(shortcut.url);
    await expect(page.getByRole('dialog')).toBeVisible();
  }
});

test('what is shared opens the dialog that adds it', async ({ page, stack }) => {
  const person = await settle(page, stack.origin);
  const form = dialog(page, 'Add to this page');

  await test.step('an address in a text, as Android shares a page', async () => {
    const share = { title: 'Tides of today', text: `Look: ${stack.tideTable.origin}/tides` };
    await page.goto(`/share?${new URLSearchParams(share)}`);
    await expect(form.getByRole('textbox', { name: 'Address' })).toHaveValue(
      `${stack.tideTable.origin}/tides`,
    );
    await expect(form.getByLabel('Title')).toHaveValue('Tides of today');
    expect(new URL(page.url()).pathname).toBe(`/o/${person.handle}/home`);
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form).toBeHidden();
    await expect(tile(page, 'Tides of today')).toBeVisible();
  });

  await test.step('words become a card', async () => {
    await page.goto('/share?title=List&text=milk%20and%20bread');
    await expect(form.getByLabel('Title')).toHaveValue('List');
    await expect(form.getByLabel('Text')).toHaveValue('milk and bread');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(tile(page, 'List')).toBeVisible();
  });

  await test.step('an address that runs code stays a text', async () => {
    await page.goto(`/share?url=${encodeURIComponent('javascript:alert(1)')}`);
    await expect(form.getByLabel('Text')).toHaveValue('javascript:alert(1)');
  });
});

test('what is shared survives the sign-in', async ({ page, browser, stack }) => {
  const person = await settle(page, stack.origin);
  const phone = await (await browser.newContext({ baseURL: stack.origin })).newPage();
  await phone.goto('/share?url=https%3A%2F%2Fferries.example%2F&title=Ferries');
  await phone.getByLabel('Email').fill(person.email);
  await phone.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(dialog(phone, 'Add to this page').getByLabel('Title')).toHaveValue('Ferries');
  await phone.context().close();
});

test('what is shared survives the sign-in and the first run', async ({ page, stack }) => {
  await page.goto(`/share?url=${encodeURIComponent(`${stack.tideTable.origin}/a`)}&title=Ferries`);
  await page.getByLabel('Email').fill(freshEmail('grace'));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  for (const title of ['Make your home', 'Add three things', 'Show it to somebody']) {
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await page.getByRole('button', { name: 'Skip' }).click();
  }
  const form = dialog(page, 'Add to this page');
  await expect(form.getByLabel('Title')).toHaveValue('Ferries');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(tile(page, 'Ferries')).toBeVisible();
});

test('the start is the home that was open last', async ({ page, stack }) => {
  const person = await settle(page, stack.origin);
  await page.goto('/start');
  await untilLive(page);
  expect(new URL(page.url()).pathname).toBe(`/o/${person.handle}/home`);
  await expect(page.getByRole('button', { name: /^Search/ })).toBeFocused();
  await page.keyboard.press('t');
  await expect(page.getByRole('dialog').getByRole('combobox')).toHaveValue('t');
});

test('the start loads no embedded page before somebody asks for it', async ({ page, stack }) => {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await openDesktop(page, person);
  await tile(page, 'Tide Table').click();
  const embedded = page
    .frameLocator('iframe')
    .getByRole('heading', { name: 'High water at 14:32' });
  await expect(embedded).toBeVisible();

  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto('/start');
  await untilLive(page);
  const window = windowOf(page, 'Tide Table');
  const load = window.getByRole('button', { name: 'Load this page' });
  await expect(load).toBeVisible();
  await expect(page.locator('iframe')).toHaveCount(0);
  expect(requests.filter((url) => url.startsWith(stack.tideTable.origin))).toEqual([]);
  await takePicture(page, 'installed start');
  await load.click();
  await expect(embedded).toBeVisible();
});

test('a tab keeps its code while a new version is deployed', async ({ page, context, stack }) => {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  await untilKept(page);
  const first = await ownScript(page);

  stack.shell.deployNext();
  const other = await context.newPage();
  await openDesktop(other, person);
  expect(await ownScript(other)).toBe(first);
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  for (const tab of [page, other]) {
    await expect(tab.getByText('A new version of Prox OS is ready.')).toBeVisible();
  }
  await expectAccessible(page, 'a new version');
  await takePicture(page, 'installed new version');

  await test.step('code that was not fetched yet comes from the old version', async () => {
    await openApp(page, 'Members');
    await expect(page.getByText('Ada Lovelace').first()).toBeVisible();
  });

  await test.step('one tab takes the new version, the other goes on', async () => {
    await other.getByRole('button', { name: 'Reload', exact: true }).click();
    await expect.poll(() => ownScript(other)).not.toBe(first);
    await untilLive(other);
    await expect(other.getByText('A new version of Prox OS is ready.')).toHaveCount(0);
    expect(await ownScript(page)).toBe(first);
    await openApp(page, 'Domains');
    await expect(page.getByRole('heading', { name: 'Domains' })).toBeVisible();
  });

  await test.step('a reload of the only tab takes the next version by itself', async () => {
    await other.close();
    await page.reload();
    await untilLive(page);
    const second = await ownScript(page);
    expect(second).not.toBe(first);
    stack.shell.deployNext();
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await expect(page.getByText('A new version of Prox OS is ready.')).toBeVisible();
    await page.reload();
    await untilLive(page);
    expect(await ownScript(page)).not.toBe(second);
    await expect(page.getByText('A new version of Prox OS is ready.')).toHaveCount(0);
  });
});

test('the service worker leaves the server what is the server’s', async ({
  page,
  context,
  stack,
}) => {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  await untilKept(page);
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    const all = await Promise.all(
      names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
    );
    return all.flat().map((url) => new URL(url).pathname);
  });
  expect(
    kept.filter(
      (path) =>
        !/^\/(assets\/.*|theme\.js|early\.js|favicon\.svg|manifest\.webmanifest)?$/.test(path),
    ),
  ).toEqual([]);
  expect(kept.length).toBeGreaterThan(20);

  await context.setOffline(true);
  for (const path of ['/api/me', `/@${person.handle}`, '/robots.txt', '/d/dsk_x', '/nowhere']) {
    await expect(page.goto(path), path).rejects.toThrow(/ERR_INTERNET_DISCONNECTED/);
  }
  await context.setOffline(false);
});

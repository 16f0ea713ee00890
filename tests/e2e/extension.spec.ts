// The browser extension in a real Chromium: it is chosen where the home is, then new tabs open it and
// the button adds a page.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Worker } from '@playwright/test';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/processes.mjs';
import { expectAccessible, takePicture } from './support/inspect.ts';
import { dialog, settle, tile, untilLive } from './support/person.ts';
import { expect, test } from './support/test.ts';

const extension = join(root, 'site/extension/dist');

test.describe.configure({ mode: 'serial' });

let profile: string;
let context: BrowserContext;
let background: Worker;

test.beforeAll(async () => {
  await run('npm', ['run', 'build', '--workspace', 'site/extension'], { cwd: root });
  profile = await mkdtemp(join(tmpdir(), 'prox-extension-'));
  const executablePath = findChromium();
  context = await chromium.launchPersistentContext(profile, {
    ...(executablePath && { executablePath }),
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  background = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
});

test.afterAll(async () => {
  await context?.close();
  if (profile) await rm(profile, { recursive: true, force: true });
});

/** Presses the toolbar button on a page, as the browser reports it. */
const press = (page: { url: string; title: string }) =>
  background.evaluate((tab) => {
    const { onClicked } = chrome.action as unknown as {
      onClicked: { dispatch: (tab: object) => void };
    };
    onClicked.dispatch(tab);
  }, page);

test('it asks for nothing but the current page', async () => {
  const permissions = await background.evaluate(() => chrome.permissions.getAll());
  expect(permissions).toEqual({
    origins: [],
    permissions: ['activeTab', 'contextMenus', 'storage', 'newTabPageOverride'],
  });
});

test('the home is chosen, opened in new tabs, and receives pages', async ({ stack }) => {
  const id = new URL(background.url()).host;
  const page = await context.newPage();
  const person = await settle(page, stack.origin);

  await test.step('before a home is chosen, a new tab asks for it', async () => {
    await page.goto('chrome://newtab/');
    await expect(page.getByRole('heading', { name: 'Your home can be here' })).toBeVisible();
    await expectAccessible(page, 'a new tab without a home');
    await takePicture(page, 'extension new tab');
  });

  const options = await context.newPage();
  const field = options.getByLabel('Address of your Prox OS');
  const save = options.getByRole('button', { name: 'Save' });
  await test.step('an address without a Prox OS is refused', async () => {
    await options.goto(`chrome-extension://${id}/options.html`);
    for (const [typed, said] of [
      ['my home', /^Type the address/],
      ['http://prox.example.com', /^Use https/],
      [stack.tideTable.origin, /^No Prox OS answers at/],
    ] as const) {
      await field.fill(typed);
      await save.click();
      await expect(options.getByRole('status')).toHaveText(said);
      await expect(field).toBeFocused();
      await expect(field).toHaveAttribute('aria-invalid', 'true');
    }
    await expectAccessible(options, 'the settings of the extension');
    await takePicture(options, 'extension options');
  });

  await test.step('the chosen home opens in a new tab', async () => {
    await field.fill(`${stack.origin}/o/${person.handle}/home`);
    await save.click();
    await expect(options.getByRole('status')).toHaveText('Saved. A new tab opens your home.');
    await expect(field).toHaveValue(stack.origin);
    await options.close();
    await page.goto('chrome://newtab/');
    await untilLive(page);
    expect(new URL(page.url()).pathname).toBe(`/o/${person.handle}/home`);
  });

  await test.step('the button opens the dialog that adds the page', async () => {
    const title = '"><script>alert(1)</script> & Tides';
    const opened = context.waitForEvent('page');
    await press({ url: `${stack.tideTable.origin}/?a=1&b=2#c`, title });
    const popup = await opened;
    const form = dialog(popup, 'Add to this page');
    await expect(form.getByLabel('Title')).toHaveValue(title);
    await expect(form.getByRole('textbox', { name: 'Address' })).toHaveValue(
      `${stack.tideTable.origin}/?a=1&b=2#c`,
    );
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form).toBeHidden();
    await popup.close();
    await expect(tile(page, '& Tides')).toBeVisible();
  });

  await test.step('the menu of a link opens the dialog that adds it', async () => {
    const linkUrl = `${stack.tideTable.origin}/link?a=1`;
    const opened = context.waitForEvent('page');
    await background.evaluate((url) => {
      const { onClicked } = chrome.contextMenus as unknown as {
        onClicked: { dispatch: (info: object, tab: object) => void };
      };
      onClicked.dispatch({ menuItemId: 'add-link', linkUrl: url }, { id: 1 });
    }, linkUrl);
    const popup = await opened;
    const form = dialog(popup, 'Add to this page');
    await expect(form.getByRole('textbox', { name: 'Address' })).toHaveValue(linkUrl);
    await popup.close();
  });

  await test.step('a page of the browser opens nothing', async () => {
    const before = context.pages().length;
    const tab = await background.evaluate(async () => {
      const [active] = await chrome.tabs.query({ active: true });
      return active?.id ?? 0;
    });
    await background.evaluate((id) => {
      const { onClicked } = chrome.action as unknown as {
        onClicked: { dispatch: (tab: object) => void };
      };
      onClicked.dispatch({ id, url: 'chrome://settings/', title: 'Settings' });
    }, tab);
    await expect
      .poll(() => background.evaluate((tabId) => chrome.action.getBadgeText({ tabId }), tab))
      .toBe('–');
    expect(context.pages()).toHaveLength(before);
  });
});

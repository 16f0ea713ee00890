// The desktop survives: a reload, a crash, another tab, another browser, and a browser without storage.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from '@playwright/test';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import {
  call,
  dialog,
  openApp,
  openDesktop,
  type Person,
  settle,
  threeThings,
  tile,
  windowOf,
} from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

const VIEWPORT = { width: 1440, height: 900 };
test.use({ viewport: VIEWPORT });

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await openDesktop(page, person);
  return person;
}

/** The same person with another browser. */
async function elsewhere(browser: Browser, origin: string, { email }: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin, viewport: VIEWPORT });
  const page = await context.newPage();
  const data = { email, name: 'Ada Lovelace' };
  await page.request.post(`${origin}/api/auth/dev`, { data, headers: { origin } });
  return page;
}

/** A browser with a profile on the disk, and what ends all of its processes at once. */
async function startBrowser(profile: string) {
  const program = spawn(
    findChromium() ?? chromium.executablePath(),
    [
      '--headless',
      '--no-sandbox',
      '--no-first-run',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  for await (const text of program.stderr.setEncoding('utf8')) {
    said += text;
    if (/ws:\/\/\S+/.test(said)) break;
  }
  const browser = await chromium.connectOverCDP(/ws:\/\/\S+/.exec(said)?.[0] ?? '');
  const kill = async () => {
    if (!running.delete(kill)) return;
    const ended = once(program, 'exit');
    process.kill(-(program.pid as number), 'SIGKILL');
    await ended;
  };
  running.add(kill);
  return { browser, kill };
}

/** What ends the browsers that run. */
const running = new Set<() => Promise<void>>();

// A test that fails leaves none behind.
test.afterEach(async () => {
  for (const kill of running) await kill();
});

/** Waits until the windows that this page shows are saved on the server. */
const saved = (page: Page) =>
  page.waitForResponse(
    (response) =>
      response.request().method() === 'PATCH' &&
      response.url().includes('/workspaces/') &&
      response.ok(),
  );

const boxOf = async (window: Locator) => {
  const box = await window.boundingBox();
  if (!box) throw new Error('no window is seen');
  return box;
};

/** Drags a window by its title bar; `hold`: does not let go. */
async function drag(page: Page, window: Locator, dx: number, dy: number, hold = false) {
  const { x, y } = await boxOf(window);
  await page.mouse.move(x + 150, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + 150 + dx, y + 20 + dy, { steps: 5 });
  if (!hold) await page.mouse.up();
}

test('another browser shows the same windows at the same places', async ({
  page,
  browser,
  stack,
}) => {
  const person = await arrive(page, stack);
  await tile(page, 'What I am reading').click();
  const card = windowOf(page, 'What I am reading');
  await drag(page, card, -200, 60);
  const members = await openApp(page, 'Members');
  await page.keyboard.press('Control+Alt+ArrowRight');
  await expect.poll(async () => (await boxOf(members)).x).toBe(720);
  const done = saved(page);
  await openApp(page, 'Instances');
  await page.getByRole('button', { name: 'Minimize Instances' }).click();
  await done;

  const other = await elsewhere(browser, stack.origin, person);
  await other.goto(`/o/${person.handle}/home`);
  const there = (title: string) => windowOf(other, title);
  await expect.poll(async () => there('Members').boundingBox()).toEqual(await boxOf(members));
  expect(await boxOf(there('What I am reading'))).toEqual(await boxOf(card));
  await expect(there('Instances')).toBeHidden();

  await test.step('what changes there is shown here', async () => {
    await there('Members').getByRole('button', { name: 'Close Members' }).click();
    await expect(members).toHaveCount(0);
    await expect(card).toBeVisible();
  });
  await other.context().close();
});

test('a page that is killed in the middle of a drag loses only that drag', async ({
  page,
  context,
  stack,
}) => {
  const person = await arrive(page, stack);
  await tile(page, 'What I am reading').click();
  await drag(page, windowOf(page, 'What I am reading'), -300, 90);
  const card = await boxOf(windowOf(page, 'What I am reading'));
  const members = await boxOf(await openApp(page, 'Members'));
  await drag(page, windowOf(page, 'Members'), 120, 80, true);
  await expect.poll(async () => (await boxOf(windowOf(page, 'Members'))).x).toBe(members.x + 120);
  const crashed = page.waitForEvent('crash');
  const debug = await context.newCDPSession(page);
  debug.send('Page.crash').catch(() => {});
  await crashed;

  const again = await context.newPage();
  await again.goto(`/o/${person.handle}/home`);
  await expect.poll(() => windowOf(again, 'Members').boundingBox()).toEqual(members);
  expect(await boxOf(windowOf(again, 'What I am reading'))).toEqual(card);
});

test('a browser that is killed in the middle of a drag shows the desktop again', async ({
  stack,
  page,
}) => {
  const person = await arrive(page, stack);
  const [cookie] = await page.context().cookies();
  if (!cookie) throw new Error('nobody is signed in');
  const profile = await mkdtemp(join(tmpdir(), 'prox-profile-'));
  const open = async () => {
    const { browser, kill } = await startBrowser(profile);
    const [context] = browser.contexts();
    if (!context) throw new Error('the browser has no profile');
    // A browser writes its cookies half a minute late.
    await context.addCookies([cookie]);
    const tab = await context.newPage();
    await tab.setViewportSize(VIEWPORT);
    await tab.goto(`${stack.origin}/o/${person.handle}/home`);
    return { tab, kill };
  };
  const first = await open();
  const members = await openApp(first.tab, 'Members');
  await drag(first.tab, members, -200, 60);
  const before = await boxOf(members);
  // The server has it; the browser may not have written it to the disk yet.
  const path = `/api/organizations/${person.handle}/workspaces`;
  await expect
    .poll(async () => JSON.stringify(await call(page, 'GET', path)))
    .toContain(`"place":[${before.x},`);
  await drag(first.tab, members, 150, 90, true);
  await expect.poll(async () => (await boxOf(members)).x).toBe(before.x + 150);
  await first.kill();

  const again = await open();
  await expect.poll(() => windowOf(again.tab, 'Members').boundingBox()).toEqual(before);
  await expect(tile(again.tab, 'What I am reading')).toBeVisible();
  await again.kill();
  await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test('a clock that is set back by a day changes nothing that is open', async ({ page, stack }) => {
  await page.clock.install();
  await arrive(page, stack);
  const members = await openApp(page, 'Members');
  await page.clock.setSystemTime(Date.now() - 24 * 60 * 60_000);
  const done = saved(page);
  await drag(page, members, -200, 60);
  await page.clock.runFor(5_000);
  await done;
  const box = await boxOf(members);
  await page.getByRole('region', { name: 'Top bar' }).getByRole('button', { name: 'Add' }).click();
  const form = dialog(page, 'Add to this page');
  await form.getByText('Card', { exact: true }).click();
  await form.getByLabel('Title').fill('Yesterday');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(tile(page, 'Yesterday')).toBeVisible();
  await page.reload();
  await expect.poll(() => members.boundingBox()).toEqual(box);
  await expect(tile(page, 'Yesterday')).toBeVisible();
});

test('two tabs show the same windows, and nothing moves under a drag', async ({
  page,
  context,
  stack,
}) => {
  const person = await arrive(page, stack);
  const other = await context.newPage();
  await other.goto(`/o/${person.handle}/home`);
  await openApp(page, 'Members');
  await expect(windowOf(other, 'Members')).toBeVisible();
  const { x } = await boxOf(windowOf(page, 'Members'));
  await drag(page, windowOf(page, 'Members'), -100, 50, true);
  await expect.poll(async () => (await boxOf(windowOf(page, 'Members'))).x).toBe(x - 100);
  const held = await boxOf(windowOf(page, 'Members'));
  await drag(other, windowOf(other, 'Members'), 200, 100);
  await openApp(other, 'Instances');
  await expect(windowOf(other, 'Instances')).toBeVisible();
  await expect(windowOf(page, 'Instances')).toHaveCount(0);
  expect(await boxOf(windowOf(page, 'Members'))).toEqual(held);
  await page.mouse.up();
  await expect(windowOf(page, 'Instances')).toBeVisible();
  expect(await boxOf(windowOf(page, 'Members'))).toEqual(held);
  await expect.poll(() => windowOf(other, 'Members').boundingBox()).toEqual(held);
});

test('embedded pages load when their window is seen, the front one first', async ({
  page,
  stack,
}) => {
  const { origin } = stack.tideTable;
  const apps = ['One', 'Two', 'Three'].map((title) => ({
    kind: 'app',
    title,
    url: `${origin}/${title}`,
    mode: 'embed',
  }));
  const person = await settle(page, stack.origin, apps);
  await openDesktop(page, person);
  for (const title of ['One', 'Two', 'Three']) {
    // By key: the window of the one before may cover it.
    await tile(page, title).press('Enter');
    await expect(windowOf(page, title).locator('iframe')).toBeVisible();
  }
  await page.getByRole('button', { name: 'Minimize One' }).click();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(origin)) asked.push(new URL(request.url()).pathname);
  });
  await page.reload();
  await expect.poll(() => asked).toEqual(['/Three', '/Two']);
  const dock = page.getByRole('navigation', { name: 'Dock' });
  await dock.getByRole('button', { name: 'One, open window, not running' }).click();
  await expect.poll(() => asked).toEqual(['/Three', '/Two', '/One']);
});

test('without storage the windows are kept in the account, which is said once', async ({
  page,
  stack,
}) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded', 'QuotaExceededError');
    };
  });
  await arrive(page, stack);
  const done = saved(page);
  await openApp(page, 'Members');
  const note = page.getByText(/does not let Prox OS keep your windows/);
  await expect(note).toHaveCount(1);
  await openApp(page, 'Instances');
  await done;
  await expect(note).toHaveCount(1);
  await page.reload();
  await expect(windowOf(page, 'Members')).toBeVisible();
});

test('a layout of a newer version opens as far as it is known, and stays whole', async ({
  page,
  stack,
}) => {
  const person = await arrive(page, stack);
  const done = saved(page);
  await openApp(page, 'Members');
  await done;
  const path = `/api/organizations/${person.handle}/workspaces`;
  const read = async () =>
    (await call<{ items: { id: string; layout: Record<string, unknown> }[] }>(page, 'GET', path))
      .items[0];
  const id = (await read())?.id;
  const layout = { format: 9, zones: { left: 'mail' }, windows: { 'app:events': { orbit: true } } };
  await call(page, 'PATCH', `${path}/${id}`, { layout });
  await expect(page.getByText(/arranged with a newer version/)).toBeVisible();
  await expect(windowOf(page, 'Members')).toBeVisible();
  const again = saved(page);
  await page.getByRole('button', { name: 'Close Members' }).click();
  await again;
  expect((await read())?.layout).toMatchObject(layout);
});

test('windows are restored without history entries: Back leaves the page', async ({
  page,
  context,
  stack,
}) => {
  const person = await arrive(page, stack);
  const done = saved(page);
  await openApp(page, 'Members');
  await done;
  const other = await context.newPage();
  await other.goto('/sign-in');
  await other.goto(`/o/${person.handle}/home`);
  await expect(windowOf(other, 'Members')).toBeVisible();
  await openApp(other, 'Instances');
  await expect(other).toHaveURL(/\?window=members&window=instances$/);
  await other.goBack();
  await expect(windowOf(other, 'Instances')).toHaveCount(0);
  await expect(windowOf(other, 'Members')).toBeVisible();
  await other.goBack();
  await expect(other).toHaveURL(/sign-in/);
  await other.goForward();
  await expect(windowOf(other, 'Members')).toBeVisible();
});

test('an address opens windows at their kept places on another browser', async ({
  page,
  browser,
  stack,
}) => {
  const person = await arrive(page, stack);
  const opened = saved(page);
  await openApp(page, 'Members');
  await opened;
  const maximized = saved(page);
  await page.getByRole('button', { name: 'Maximize Members' }).click();
  await maximized;
  const other = await elsewhere(browser, stack.origin, person);
  await other.goto(`/o/${person.handle}/home?window=members&window=instances`);
  await expect(windowOf(other, 'Instances')).toBeVisible();
  await expect(other.getByRole('button', { name: 'Restore Members' })).toBeVisible();
  await other.goBack();
  await expect(windowOf(other, 'Instances')).toHaveCount(0);
  await expect(windowOf(other, 'Members')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Restore Members' })).toBeVisible();
  await other.context().close();
});

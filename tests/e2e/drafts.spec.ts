// Typed text is never lost, and each request happens once.

import type { Locator, Page, Request } from '@playwright/test';
import { hold } from './support/hold.ts';
import { expectAccessible, takePicture } from './support/inspect.ts';
import {
  call,
  dialog,
  enter,
  openDesktop,
  publishAnyway,
  settle,
  threeThings,
  tile,
} from './support/person.ts';
import type { Stack } from './support/stack.ts';
import { expect, test } from './support/test.ts';

type Listed = { items: { title: string; body: string; version: number; id: string }[] };

async function arrive(page: Page, stack: Stack) {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await openDesktop(page, person);
  return { ...person, items: () => call<Listed>(page, 'GET', `${person.home}/items`) };
}

const openAdd = (page: Page) => page.getByRole('button', { name: 'Add', exact: true }).click();

async function typeCard(page: Page): Promise<Locator> {
  await openAdd(page);
  const form = dialog(page, 'Add to this page');
  await form.getByText('Card', { exact: true }).click();
  await form.getByLabel('Title').fill('Looms');
  await form.getByLabel('Text').fill('Cards with holes.');
  return form;
}

/** Clicks twice without a pause: no frame is painted in between. */
const clickTwice = (form: Locator) =>
  form.evaluate((element) => {
    const button = element.querySelector<HTMLButtonElement>('button[type="submit"]');
    button?.click();
    button?.click();
  });

const WAYS: [name: string, close: (page: Page) => Promise<unknown>][] = [
  ['Escape', (page) => page.keyboard.press('Escape')],
  ['a click outside', (page) => page.mouse.click(5, 400)],
  ['Back', (page) => page.goBack()],
  ['a reload', (page) => page.reload()],
];

for (const [name, close] of WAYS) {
  test(`${name} keeps what was typed`, async ({ page, stack }) => {
    await arrive(page, stack);
    const form = await typeCard(page);
    await close(page);
    if (name !== 'a reload') {
      await expect(form).toBeHidden();
      await openAdd(page);
    }
    await expect(form.getByLabel('Title')).toHaveValue('Looms');
    await expect(form.getByLabel('Text')).toHaveValue('Cards with holes.');
    await expect(form.getByText('This is what you typed before.')).toBeVisible();
    await expectAccessible(page, 'a draft');
    await form.getByText('Folder', { exact: true }).click();
    await expect(form.getByText('This is what you typed before.')).toHaveCount(0);
    await form.getByText('Card', { exact: true }).click();
    await form.getByRole('button', { name: 'Start over' }).click();
    await expect(form.getByLabel('Title')).toHaveValue('');
  });
}

test('Cancel asks before it discards, and only then', async ({ page, stack }) => {
  await arrive(page, stack);
  const form = await typeCard(page);
  const question = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await form.getByRole('button', { name: 'Cancel' }).click();
  await expectAccessible(page, 'a question above a dialog');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(form.getByLabel('Title')).toHaveValue('Looms');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(form).toBeHidden();
  await openAdd(page);
  await form.getByText('Card', { exact: true }).click();
  await expect(form.getByLabel('Title')).toHaveValue('');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await expect(form).toBeHidden();
  await expect(question).toHaveCount(0);
});

test('the end of a session is shown, and the form is there after the sign-in', async ({
  page,
  stack,
}) => {
  const person = await arrive(page, stack);
  await tile(page, 'What I am reading').focus();
  await page.keyboard.press('F2');
  const form = dialog(page, 'Edit card');
  await form.getByLabel('Title').fill('What I have read');
  await call(page, 'POST', '/api/auth/sign-out');
  await expect(page.getByText('Your session has ended.')).toBeVisible();
  await takePicture(page, 'session ended');
  await expectAccessible(page, 'a session that ended');
  await page.getByLabel('Email').fill(person.email);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(form.getByLabel('Title')).toHaveValue('What I have read');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(tile(page, 'What I have read')).toBeVisible();
});

test('drafts are private to a person, and signing out deletes them', async ({ page, stack }) => {
  const person = await arrive(page, stack);
  const form = await typeCard(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByText('Your session has ended.')).toHaveCount(0);
  await page.getByLabel('Email').fill(person.email);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await openAdd(page);
  await expect(form.getByText('This is what you typed before.')).toHaveCount(0);
});

test('text typed into an item that another person deletes can be copied and added again', async ({
  page,
  stack,
}) => {
  const { home, items } = await arrive(page, stack);
  await tile(page, 'What I am reading').focus();
  await page.keyboard.press('F2');
  await dialog(page, 'Edit card').getByLabel('Title').fill('What I have read');
  const card = (await items()).items.find(({ title }) => title === 'What I am reading');
  await call(page, 'DELETE', `${home}/items/${card?.id}`);
  const gone = dialog(page, 'Edit');
  await expect(gone.getByRole('heading', { name: 'This item is gone' })).toBeVisible();
  await expect(gone.getByText('What I have read')).toBeVisible();
  await expectAccessible(page, 'an item that is gone');
  await gone.getByRole('button', { name: 'Add it again' }).click();
  await expect(tile(page, 'What I have read')).toContainText('Sketch of the Analytical Engine');
});

test('two clicks without a pause create only one', async ({ page, stack }) => {
  const { handle, items } = await arrive(page, stack);

  await test.step('an item, also while its check is slow', async () => {
    const release = await hold(page, '**/api/preflight');
    await openAdd(page);
    const form = dialog(page, 'Add to this page');
    await form.getByRole('textbox', { name: 'Address' }).fill(`${stack.bank.origin}/slow`);
    await clickTwice(form);
    await expect(form.getByRole('button', { name: 'Adding' })).toBeDisabled();
    await clickTwice(form);
    release();
    await expect(form).toBeHidden();
    await page.unroute('**/api/preflight');
    expect((await items()).items).toHaveLength(4);
  });

  await test.step('a space', async () => {
    await page.getByRole('button', { name: /^Switch space/ }).click();
    await page.getByRole('menuitem', { name: 'New space' }).click();
    const form = dialog(page, 'New space');
    await form.getByLabel('Title').fill('Workshop');
    await clickTwice(form);
    await expect(page.getByRole('heading', { name: 'Workshop', level: 1 })).toBeVisible();
    const path = `/api/organizations/${handle}/spaces`;
    expect((await call<Listed>(page, 'GET', path)).items).toHaveLength(2);
  });

  await test.step('an organization, at the address that was promised', async () => {
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'New organization' }).click();
    const form = dialog(page, 'New organization');
    await form.getByLabel('Name').fill(`Jörgs Zoë-Team ${handle}`);
    await expect(form.getByText(`/@jorgs-zoe-team-${handle}`.slice(0, 42))).toBeVisible();
    await clickTwice(form);
    await expect(page).toHaveURL(new RegExp(`/welcome/${`jorgs-zoe-team-${handle}`.slice(0, 40)}`));
    const path = '/api/me/organizations';
    expect((await call<Listed>(page, 'GET', path)).items).toHaveLength(2);
  });
});

test('Escape during a slow check adds nothing, and keeps the address', async ({ page, stack }) => {
  const { items } = await arrive(page, stack);
  const writes: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && /\/items$/.test(request.url())) writes.push(request.url());
  });
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/api/preflight', async (route) => {
    await held;
    await route.continue();
  });
  // A check that began before the click on Add ends with the form, others end with a response.
  const checked = new Promise((resolve) => {
    const ended = (request: Request) => request.url().endsWith('/preflight') && resolve(request);
    page.on('requestfinished', ended);
    page.on('requestfailed', ended);
  });
  await openAdd(page);
  const form = dialog(page, 'Add to this page');
  await form.getByRole('textbox', { name: 'Address' }).fill(stack.bank.origin);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(form).toBeHidden();
  release();
  await checked;
  await openAdd(page);
  await expect(form.getByRole('textbox', { name: 'Address' })).toHaveValue(stack.bank.origin);
  await expect(form.getByText('Opens in a new tab.')).toBeVisible();
  expect(writes).toEqual([]);
  expect((await items()).items).toHaveLength(3);
});

test('two people change one item', async ({ page, stack }) => {
  const { home, items } = await arrive(page, stack);
  const form = dialog(page, 'Edit card');
  const card = async () => (await items()).items.at(-1);
  const patch = async (change: object) =>
    call(page, 'PATCH', `${home}/items/${(await card())?.id}`, change);
  const edit = async (title: string) => {
    await tile(page, title).focus();
    await page.keyboard.press('F2');
  };

  await test.step('different fields merge, and the form shows what is saved', async () => {
    await edit('What I am reading');
    await form.getByLabel('Title').fill('Mine');
    await patch({ body: 'Their text' });
    await expect(form.getByLabel('Text')).toHaveValue('Their text');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    expect(await card()).toMatchObject({ title: 'Mine', body: 'Their text' });
  });

  await test.step('also when the tab has not heard of it', async () => {
    await edit('Mine');
    await form.getByLabel('Title').fill('Still mine');
    await page.route(/\/items(\?|$)/, (route) => route.abort());
    await patch({ body: 'Their other text' });
    await page.unroute(/\/items(\?|$)/);
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    expect(await card()).toMatchObject({ title: 'Still mine', body: 'Their other text' });
  });

  await test.step('the same field is a choice between both values', async () => {
    await edit('Still mine');
    await form.getByLabel('Title').fill('My title');
    await patch({ title: 'Their title' });
    const conflict = form.getByRole('alert');
    await expect(conflict).toContainText('Their title');
    await expect(conflict).toContainText('My title');
    await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
    await expectAccessible(page, 'a conflict');
    await takePicture(page, 'conflict');
    await conflict.getByRole('button', { name: 'Use mine' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    expect(await card()).toMatchObject({ title: 'My title', body: 'Their other text' });
  });
});

test('the first run continues after a reload', async ({ page, stack }) => {
  const { handle } = await enter(page, stack.origin);
  const at = (title: string) => expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.goto('/');
  await page.getByLabel('One line about it').fill('Notes.');
  await page.reload();
  await expect(page.getByLabel('One line about it')).toHaveValue('Notes.');
  await page.getByRole('button', { name: 'Make my home' }).click();
  await at('Add three things');
  await page.getByRole('textbox', { name: 'Address 1' }).fill(stack.bank.origin);
  await page.reload();
  await at('Add three things');
  await expect(page.getByRole('textbox', { name: 'Address 1' })).toHaveValue(stack.bank.origin);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await at('Show it to somebody');
  await page.reload();
  await at('Show it to somebody');
  await page.getByRole('button', { name: 'Publish' }).click();
  await publishAnyway(page);
  await expect(page.getByText('Your page is live.')).toBeVisible();
  await page.goto(`/welcome/${handle}`);
  await at('Add three things');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Go to my home' }).click();
  await expect(page).toHaveURL(`/o/${handle}/home`);
});

test('an address of a private network is added, with the reason why it was not checked', async ({
  page,
  stack,
}) => {
  const { items } = await arrive(page, stack);
  for (const url of ['http://192.168.1.20/', 'http://[fd00::1]:8123/', 'http://nas:5000/']) {
    await openAdd(page);
    const form = dialog(page, 'Add to this page');
    await form.getByRole('textbox', { name: 'Address' }).fill(url);
    await expect(form.getByText(/could not be checked|New tab/).first()).toBeVisible();
    await expect(form.getByText('See errors for each field.')).toHaveCount(0);
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form).toBeHidden();
  }
  const urls = (await items()).items.map((item) => Reflect.get(item, 'url'));
  expect(urls.slice(-3)).toEqual([
    'http://192.168.1.20/',
    'http://[fd00::1]:8123/',
    'http://nas:5000/',
  ]);
});

test('the message about a kept draft disappears when a form is opened', async ({ page, stack }) => {
  await arrive(page, stack);
  const form = await typeCard(page);
  await form.getByRole('button', { name: 'Close' }).click();
  const message = page.getByText('What you typed is kept.');
  await expect(message).toBeVisible();
  await openAdd(page);
  await expect(form.getByLabel('Title')).toHaveValue('Looms');
  await expect(message).toHaveCount(0);
});

for (const viewport of [
  { width: 390, height: 844 },
  { width: 390, height: 500 },
  { width: 768, height: 700 },
  { width: 1440, height: 900 },
]) {
  test(`at ${viewport.width} × ${viewport.height}, messages do not cover a dialog`, async ({
    page,
    stack,
  }) => {
    await page.setViewportSize(viewport);
    await arrive(page, stack);
    const message = page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
    for (const title of ['Harbour Bank', 'What I am reading']) {
      await tile(page, title).focus();
      await page.keyboard.press('Delete');
      await expect(message.filter({ hasText: title })).toBeVisible();
    }
    await openAdd(page);
    const form = dialog(page, 'Add to this page');
    const submit = form.locator('button[type="submit"]');
    await expect(submit).toBeInViewport();
    await message.first().hover();
    const gap = async () => {
      const [above, below] = await Promise.all([message.last().boundingBox(), form.boundingBox()]);
      return above && below ? Math.round(below.y - above.y - above.height) : null;
    };
    await expect.poll(gap).toBeGreaterThanOrEqual(0);
    await takePicture(page, `dialog with messages, ${viewport.width} × ${viewport.height}`);
    await form.getByRole('button', { name: 'Close' }).click();
    await expect(form).toBeHidden();
  });
}

// A page is shared item by item: with a person, by a link, and with everybody.

import { expectAccessible, inspectView } from './support/inspect.ts';
import { call, dialog, enter, openDesktop, settle, tile, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

test('an item is shared with a person and by a link, and the page publishes without secrets', async ({
  page,
  browser,
  anonymous,
  stack,
}) => {
  const ada = await settle(page, stack.origin, [
    { kind: 'card', title: 'Travel plan', body: 'By train.', visibility: 'private' },
    { kind: 'card', title: 'Keys', body: `The key is ghp_${'a1B2c3D4e5'.repeat(4)}` },
    { kind: 'card', title: 'Reading', body: 'A book.' },
  ]);
  const other = await (await browser.newContext({ baseURL: stack.origin })).newPage();
  const bob = await enter(other, stack.origin, 'Bob Marsh');
  await openDesktop(page, ada);
  const window = windowOf(page, 'Sharing');

  await test.step('share it with somebody by handle', async () => {
    await tile(page, 'Travel plan').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Share…' }).click();
    await expect(window.getByRole('heading', { name: 'Share Travel plan' })).toBeVisible();
    await expect(window.getByText('Only members of Ada Lovelace see it.')).toBeVisible();
    const who = window.getByLabel('Share with');
    await who.fill('@nobody-has-this');
    await window.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(window.getByText(/handle @nobody-has-this/)).toBeVisible();
    await who.fill(`@${bob.handle}`);
    await window.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(window.getByText('Members of Ada Lovelace and Bob Marsh see it.')).toBeVisible();
    await expect(who).toHaveValue('');
  });

  await test.step('the other sees it on the page, and the preview shows the same', async () => {
    const socket = other.waitForEvent('websocket');
    await other.goto(`/@${ada.handle}`);
    await socket;
    await expect(other.getByRole('heading', { name: 'Travel plan' })).toBeVisible();
    await expect(other.getByText('Reading')).toHaveCount(0);
    await window.getByText('View as', { exact: true }).click();
    await window.getByLabel('As seen by').selectOption('Bob Marsh');
    const preview = window.frameLocator('iframe');
    await expect(preview.getByText('Nothing can be changed here')).toBeVisible();
    await expect(preview.getByRole('heading', { name: 'Travel plan' })).toBeVisible();
    await expect(preview.getByText('Reading')).toHaveCount(0);
    await expectAccessible(page, 'sharing-preview');
    await window.getByLabel('As seen by').selectOption('Everybody, without an account');
    await expect(preview.getByRole('heading', { name: 'Travel plan' })).toHaveCount(0);
  });

  await test.step('take it back: the open page loses it', async () => {
    await window.getByText('Access', { exact: true }).click();
    await inspectView(page, 'sharing-access');
    await window.getByRole('button', { name: 'Remove Bob Marsh from Travel plan' }).click();
    // By its socket, which closes within a second; without one, the page asks once in a minute.
    await expect(other.getByRole('heading', { name: 'Travel plan' })).toHaveCount(0, {
      timeout: 5_000,
    });
    await expect(
      window.getByText('Nobody outside of the organization is named yet.'),
    ).toBeVisible();
  });

  let address = '';
  await test.step('make a link with a passphrase, whose address is shown once', async () => {
    await window.getByRole('button', { name: 'New link' }).click();
    const form = window.getByRole('form', { name: 'New link' });
    await form.getByRole('textbox', { name: 'Name' }).fill('For friends');
    await form.getByLabel('What the link shows').selectOption('Travel plan');
    await form.getByLabel('Ends').selectOption('After 7 days');
    await form.getByRole('textbox', { name: 'Passphrase' }).fill('sesame');
    await form.getByRole('button', { name: 'Make link' }).click();
    const made = window.getByRole('region', { name: 'The address of the new link' });
    await expect(made).toBeFocused();
    address = (await made.getByText(/\/s\//).textContent()) ?? '';
    await expectAccessible(page, 'sharing-link');
    await made.getByRole('button', { name: 'Done' }).click();
    const row = window.getByRole('list', { name: 'Links' }).getByRole('listitem');
    await expect(row).toContainText('For friends');
    await expect(row).toContainText('asks for a passphrase');
  });

  await test.step('open it without an account, and end it', async () => {
    await anonymous.goto(address);
    await expect(anonymous.getByText('Travel plan')).toHaveCount(0);
    await anonymous.getByLabel(/passphrase/i).fill('sesame');
    await anonymous.getByRole('button').click();
    await expect(anonymous.getByRole('heading', { name: 'Travel plan' })).toBeVisible();
    await window.getByRole('button', { name: 'End the link For friends' }).click();
    await page.getByRole('button', { name: 'End link' }).last().click();
    await expect(window.getByRole('list', { name: 'Links' })).toHaveCount(0);
    await expect
      .poll(async () => (await anonymous.goto(address))?.status(), { timeout: 10_000 })
      .toBe(404);
  });

  await test.step('publish: it asks first, and makes what looks like a secret private', async () => {
    await window.getByText('What it shows', { exact: true }).click();
    const first = window.getByRole('list', { name: 'Look at these first' });
    await expect(first.getByRole('listitem').first()).toContainText('Keys');
    await inspectView(page, 'sharing-report');
    // A link that somebody else makes is listed, and ends with one click.
    await call(page, 'POST', `${ada.home}/share-links`, { name: 'Old' });
    const end = window.getByRole('button', { name: 'End the link “Old”' });
    await end.click();
    await expect(end).toHaveCount(0);
    await window.getByText('Access', { exact: true }).click();
    await window.getByRole('button', { name: /^Publish/ }).click();
    const publish = dialog(page, 'Publish this page');
    await publish.getByLabel(/^Public/).check();
    await publish.getByRole('button', { name: 'Publish' }).click();
    const question = page.getByRole('alertdialog', { name: 'Publish this as well?' });
    await expect(question).toContainText('Keys');
    await expectAccessible(page, 'sharing-question');
    await question.getByRole('button', { name: 'Make it private and publish' }).click();
    await expect(dialog(page, 'Your page is live')).toBeVisible();
    await anonymous.goto(`/@${ada.handle}`);
    await expect(anonymous.getByRole('heading', { name: 'Reading' })).toBeVisible();
    await expect(anonymous.getByText('Keys')).toHaveCount(0);
    const { items } = await call<{ items: { title: string; visibility: string }[] }>(
      page,
      'GET',
      `${ada.home}/items`,
    );
    expect(items.map(({ title, visibility }) => [title, visibility])).toEqual([
      ['Travel plan', 'private'],
      ['Keys', 'private'],
      ['Reading', 'inherit'],
    ]);
  });
  await other.context().close();
});

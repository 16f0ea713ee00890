// The instances of an organization; members leave it, and its owner deletes it.

import {
  call,
  dialog,
  enter,
  freshEmail,
  openApp,
  openDesktop,
  settle,
  untilLive,
  windowOf,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

test('instances are created, renamed and deleted, and events are read of the chosen one', async ({
  page,
  stack,
}) => {
  const person = await settle(page, stack.origin);
  const instances = `/api/organizations/${person.handle}/instances`;
  await openDesktop(page, person);
  const window = await openApp(page, 'Instances');

  await test.step('make one', async () => {
    await window.getByLabel('New instance').fill('Lab');
    await window.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(window.getByRole('listitem').filter({ hasText: 'Lab' })).toContainText('lab');
    await expect(window.getByLabel('New instance')).toHaveValue('');
  });

  await test.step('rename it, after a name that is taken was refused', async () => {
    await window.getByRole('button', { name: 'Rename Lab' }).click();
    const form = dialog(page, 'Rename Lab');
    await form.getByLabel('Name', { exact: true }).fill('Staging');
    await form.getByLabel('Name in addresses').fill('main');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form.getByLabel('Name in addresses')).toHaveAttribute('aria-invalid', 'true');
    await form.getByLabel('Name in addresses').fill('staging');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    const row = window.getByRole('listitem').filter({ hasText: 'Staging' });
    await expect(row).toContainText('staging');
  });

  await test.step('see its events and no others, and stay there for connectors', async () => {
    const event = (type: string) => ({ type, payload: {} });
    await call(page, 'POST', `${instances}/main/events`, event('main.happened'));
    await call(page, 'POST', `${instances}/staging/events`, event('staging.happened'));
    const events = await openApp(page, 'Events');
    await expect(events.getByText('main.happened')).toBeVisible();
    await events.getByLabel('Instance').selectOption('Staging');
    await expect(events.getByText('staging.happened')).toBeVisible();
    await expect(events.getByText('main.happened')).toHaveCount(0);
    await call(page, 'POST', `${instances}/staging/events`, event('staging.again'));
    await expect(events.getByText('staging.again')).toBeVisible();
    const connectors = await openApp(page, 'Connectors');
    await expect(connectors.getByLabel('Instance').locator('option:checked')).toHaveText('Staging');
    const connect = connectors.getByRole('link', { name: 'Connect Slack' });
    await expect(connect).toHaveAttribute('href', /instances\/inst_/);
    await page.getByRole('button', { name: 'Close Connectors' }).click();
  });

  await test.step('delete it, and be back at the main one', async () => {
    await openApp(page, 'Instances');
    await window.getByRole('button', { name: 'Delete Staging' }).click();
    await page.getByRole('button', { name: 'Delete instance' }).click();
    await expect(window.getByRole('listitem').filter({ hasText: 'Staging' })).toHaveCount(0);
    const events = await openApp(page, 'Events');
    await expect(events.getByText('main.happened')).toBeVisible();
    await expect(events.getByLabel('Instance')).toHaveCount(0);
  });
});

test('numbers of an event are shown and copied as they were sent', async ({
  page,
  context,
  stack,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const person = await settle(page, stack.origin);
  const numbers = ['8202522731445525542', '123456789012345678901234567890', '1e400', '1.0', '-0'];
  const recorded = await page.request.post(
    `${stack.origin}/api/organizations/${person.handle}/instances/main/events`,
    {
      headers: { origin: stack.origin, 'content-type': 'application/json' },
      data: Buffer.from(`{"type":"counted","payload":{"list":[${numbers.join(',')}]}}`),
    },
  );
  expect(recorded.status()).toBe(201);
  await openDesktop(page, person);
  const events = await openApp(page, 'Events');
  await events.getByText('counted').click();
  const shown = `{\n  "list": [\n    ${numbers.join(',\n    ')}\n  ]\n}`;
  await expect(events.locator('pre')).toHaveText(shown);
  await events.getByRole('button', { name: 'Copy payload' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
});

test('an owner deletes an organization by typing its name', async ({ page, browser, stack }) => {
  const other = await (await browser.newContext({ baseURL: stack.origin })).newPage();
  const bob = await enter(other, stack.origin, 'Bob Marsh');
  const ada = await settle(page, stack.origin);
  const { id, slug } = await call<{ id: string; slug: string }>(
    page,
    'POST',
    '/api/organizations',
    { name: 'Harbour Crew', slug: `crew-${ada.handle}` },
  );
  const space = { title: 'Harbour Crew', slug: 'home' };
  await call(page, 'POST', `/api/organizations/${id}/spaces`, space);
  const member = { email: bob.email, role: 'admin' };
  await call(page, 'POST', `/api/organizations/${id}/members`, member);

  await test.step('an admin may not', async () => {
    await other.goto(`/o/${slug}/home`);
    await untilLive(other);
    const settings = await openApp(other, 'Settings');
    await expect(settings.getByLabel('Name of the organization')).toBeVisible();
    await expect(settings.getByRole('button', { name: 'Delete organization' })).toHaveCount(0);
  });

  await test.step('an owner may, with the right name', async () => {
    await page.goto(`/o/${slug}/home`);
    await untilLive(page);
    const settings = await openApp(page, 'Settings');
    await settings.getByRole('button', { name: 'Delete organization' }).click();
    const form = dialog(page, 'Delete Harbour Crew?');
    const name = form.getByLabel('Name of the organization');
    await expect(name).toBeFocused();
    await name.fill('Harbour');
    await form.getByRole('button', { name: 'Delete organization' }).click();
    await expect(form.getByText('That is not its name.')).toBeVisible();
    await name.fill('Harbour Crew');
    await form.getByRole('button', { name: 'Delete organization' }).click();
    await expect(page).toHaveURL(`/o/${ada.handle}/home`);
    await untilLive(page);
    const said = page.getByText('That organization was deleted.');
    await expect(said).toHaveCount(1);
  });

  await test.step('who was in it hears of it', async () => {
    await expect(other.getByText('That organization was deleted.')).toBeVisible();
    await expect(other).not.toHaveURL(new RegExp(slug));
  });
  await other.context().close();
});

test('a personal organization offers neither to leave nor to delete it', async ({
  page,
  stack,
}) => {
  const person = await settle(page, stack.origin);
  await openDesktop(page, person);
  const members = await openApp(page, 'Members');
  await expect(members.getByText('you', { exact: true })).toBeVisible();
  const leave = members.getByRole('button', { name: 'Leave the organization' });
  await expect(leave).toHaveCount(0);
  await expect(members.getByRole('combobox', { name: 'Role of Ada Lovelace' })).toHaveCount(0);
  const settings = await openApp(page, 'Settings');
  await expect(settings.getByRole('button', { name: 'Delete organization' })).toHaveCount(0);

  await test.step('with a second owner it is no longer theirs alone', async () => {
    const guest = await (await page.context().browser()?.newContext())?.newPage();
    if (!guest) throw new Error('no second browser');
    const { email } = await enter(guest, stack.origin, freshEmail('Grace').split('@')[0]);
    await guest.context().close();
    const path = `/api/organizations/${person.handle}/members`;
    await call(page, 'POST', path, { email, role: 'owner' });
    await expect(windowOf(page, 'Members').getByText(email)).toBeAttached();
    await expect(leave).toBeAttached();
  });
});

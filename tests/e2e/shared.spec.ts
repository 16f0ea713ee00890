// A second person keeps a link that lets them edit, changes an item of somebody else's page, and is told
// when the owner ends it.

import { expectAccessible } from './support/inspect.ts';
import { call, dialog, openApp, openDesktop, settle, tile, windowOf } from './support/person.ts';
import { expect, test } from './support/test.ts';

interface Link {
  id: string;
  url: string;
}

test('a guest keeps a link, edits, and loses nothing when it ends', async ({
  page: owner,
  browser,
  stack,
}) => {
  const ada = await settle(owner, stack.origin, [
    { kind: 'card', title: 'Packing list', body: 'Tent, stove, rope.' },
    { kind: 'card', title: 'Diary', body: 'Not for guests.', visibility: 'private' },
  ]);
  const link = await call<Link>(owner, 'POST', `${ada.home}/share-links`, {
    level: 'edit',
    passphrase: 'open sesame',
  });
  const token = link.url.split('/').at(-1) ?? '';
  await openDesktop(owner, ada);
  const context = await browser.newContext({ baseURL: stack.origin, reducedMotion: 'reduce' });
  const guest = await context.newPage();
  const addresses: string[] = [];
  guest.on('framenavigated', (frame) => addresses.push(frame.url()));

  await test.step('keeps the link after signing in', async () => {
    await guest.goto(`/shared?link=${token}`);
    await guest.getByLabel('Email').fill(`bob-${ada.handle}@example.com`);
    await guest.getByLabel('Name').fill('Bob Babbage');
    await guest.getByRole('button', { name: 'Sign in' }).click();
    await expect(guest.getByRole('heading', { name: 'Keep this in your home' })).toBeVisible();
    await expect(guest).toHaveURL('/shared');
    await expectAccessible(guest, 'keeping a link');
    await guest.getByRole('button', { name: 'Keep it' }).click();
    await guest.getByLabel('Passphrase').fill('wrong one');
    await guest.keyboard.press('Enter');
    await expect(guest.getByText('That is not the passphrase.')).toBeVisible();
    await expectAccessible(guest, 'a wrong passphrase');
    const { handle } = await call<{ handle: string }>(guest, 'GET', '/api/me');
    await call(guest, 'POST', `/api/organizations/${handle}/spaces`, {
      title: 'Bob Babbage',
      slug: 'home',
    });
    await guest.getByLabel('Passphrase').fill('open sesame');
    await guest.keyboard.press('Enter');
  });

  const shared = windowOf(guest, 'Ada Lovelace');
  await test.step('sees the page in a window, and what it is in the list', async () => {
    await expect(shared.frameLocator('iframe').getByText('Packing list')).toBeVisible();
    await expect(shared.frameLocator('iframe').getByText('Diary')).toHaveCount(0);
    expect(addresses.slice(1).filter((address) => address.includes(token))).toEqual([]);
    expect(await guest.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(token);
    await expectAccessible(guest, 'the page of a shared space');
    const list = await openApp(guest, 'Shared with me');
    await expect(list.getByText('Ada Lovelace · You can change it')).toBeVisible();
    await expectAccessible(guest, 'what is shared with me');
    await list.getByRole('button', { name: 'Edit Ada Lovelace' }).click();
  });

  const form = dialog(guest, 'Edit card');
  await test.step('changes an item, which the owner sees', async () => {
    await expect(shared.getByRole('listitem')).toHaveCount(1);
    await expectAccessible(guest, 'the items of a shared space');
    await shared.getByRole('button', { name: 'Edit Packing list' }).click();
    await form.getByLabel('Title').fill('Packing list for two');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toBeHidden();
    await expect(tile(owner, 'Packing list for two')).toBeVisible();
  });

  await test.step('is told when the owner ends it, and keeps what was typed', async () => {
    await shared.getByRole('button', { name: 'Edit Packing list for two' }).click();
    await form.getByLabel('Text').fill('A text that took an hour.');
    await expectAccessible(guest, 'the form for a guest');
    await call(owner, 'DELETE', `${ada.home}/share-links/${link.id}`);
    const gone = dialog(guest, 'Edit');
    await expect(gone.getByText('This is no longer shared with you')).toBeVisible();
    await expect(gone.getByText('A text that took an hour.')).toBeVisible();
    await expectAccessible(guest, 'a form whose item is no longer shared');
    await gone.getByRole('button', { name: 'Close' }).click();
    await expect(shared.getByText('This is no longer shared with you')).toBeVisible();
    await expect(shared.getByText('A text that took an hour.')).toBeVisible();
    await expectAccessible(guest, 'a window that is no longer shared');
  });

  await test.step('the owner decides who sees an item, and can undo that', async () => {
    const visibility = async () => {
      const { items } = await call<{ items: { title: string; visibility: string }[] }>(
        owner,
        'GET',
        `${ada.home}/items`,
      );
      return items.find(({ title }) => title === 'Diary')?.visibility;
    };
    await call(owner, 'POST', `${ada.home}/publish`, {});
    await expect(owner.getByRole('button', { name: 'Private: Diary' })).toBeVisible();
    await expectAccessible(owner, 'a private item of a published page');
    await tile(owner, 'Diary').focus();
    await owner.keyboard.press('F2');
    const edit = dialog(owner, 'Edit card');
    await expectAccessible(owner, 'the choice of who sees an item');
    await edit.getByText('Like its space').click();
    await edit.getByRole('button', { name: 'Save' }).click();
    await expect.poll(visibility).toBe('inherit');
    await expect(owner.getByRole('button', { name: 'Private: Diary' })).toHaveCount(0);
    await expect(edit).toBeHidden();
    await owner.keyboard.press('Control+z');
    await expect.poll(visibility).toBe('private');
    await tile(owner, 'Diary').focus();
    await owner.keyboard.press('Delete');
    await expect.poll(visibility).toBeUndefined();
    await owner.keyboard.press('Control+z');
    await expect.poll(visibility).toBe('private');
  });
  await context.close();
});

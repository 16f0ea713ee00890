// Widgets: added in three ways, live on the grid, opened in windows; built-in icons; notes in place.

import { expectAccessible, untilStill } from './support/inspect.ts';
import { call, openDesktop, settle, tile } from './support/person.ts';
import { expect, test } from './support/test.ts';

interface Listed {
  items: { id: string; title: string; widget: string | null; icon: string | null; body: string }[];
}

test('widgets are added, show what happens, and open', async ({ page, stack }) => {
  test.slow();
  await page.setViewportSize({ width: 1440, height: 900 });
  const person = await settle(page, stack.origin, [
    { kind: 'link', title: 'Harbour Bank', url: stack.bank.origin, mode: 'tab' },
    { kind: 'card', title: 'Shopping', body: 'Lemons' },
  ]);
  const chunks: string[] = [];
  page.on('request', (request) => chunks.push(request.url()));
  await openDesktop(page, person);
  expect(chunks.filter((url) => /Widget|glyphs/.test(url))).toEqual([]);
  const items = () =>
    call<Listed>(page, 'GET', `${person.home}/items?limit=200`).then((list) => list.items);
  const palette = async (...steps: string[]) => {
    await page.keyboard.press('Control+k');
    for (const step of steps) {
      await page.keyboard.type(step);
      await expect(page.getByRole('option').first()).toContainText(new RegExp(step, 'i'));
      await page.keyboard.press('Enter');
    }
  };

  await test.step('a clock by the palette', async () => {
    await palette('Add a widget', 'Clock');
    await expect(tile(page, 'Clock')).toBeVisible();
    await expect(page.locator('[data-widget="clock"] .dial')).toBeVisible();
  });

  await test.step('events by the menu of the desktop, which are live', async () => {
    await page.getByRole('heading', { level: 1 }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Add a widget' }).press('ArrowRight');
    await page.getByRole('menuitem', { name: 'Recent events' }).press('Enter');
    const events = page.locator('[data-widget="events"]');
    await expect(events).toContainText('Nothing happened yet');
    const org = `/api/organizations/${person.handle}`;
    const { items: instances } = await call<{ items: { id: string }[] }>(
      page,
      'GET',
      `${org}/instances`,
    );
    const body = { type: 'note.added', payload: { text: 'The tide turned' } };
    await call(page, 'POST', `${org}/instances/${instances[0]?.id}/events`, body);
    await expect(events.getByRole('listitem')).toContainText('The tide turned');
    const live = events.getByText('Live', { exact: true });
    await expect(live).toBeVisible();
    await page.context().setOffline(true);
    await expect(live).toBeHidden();
    await page.context().setOffline(false);
    await expect(live).toBeVisible();
  });

  await test.step('the health of links by the dialog', async () => {
    await page.keyboard.press('Control+Alt+n');
    const dialog = page.getByRole('dialog', { name: 'Add to this page' });
    await dialog.getByText('Widget', { exact: true }).click();
    await dialog.getByRole('radio', { name: /Item health/ }).check({ force: true });
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    const health = page.locator('[data-widget="health"]');
    await expect(health).toContainText(/1 link|The link/);
    await expect(health.getByRole('button', { name: /Check/ })).toBeVisible();
    await health.getByRole('button', { name: 'Check now' }).click();
  });

  await test.step('a clock of several places, by its settings', async () => {
    await tile(page, 'Clock').focus();
    await page.keyboard.press('F2');
    const dialog = page.getByRole('dialog', { name: 'Edit widget' });
    for (const city of ['Tokyo', 'New York']) {
      await dialog.getByLabel(/Add a time zone/).fill(city);
      await page.keyboard.press('Enter');
    }
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('[data-widget="clock"]')).toContainText(/Tokyo.*New York/s);
    await tile(page, 'Clock').press('Enter');
    await expect(page.getByRole('dialog', { name: 'Clock' })).toContainText('Tokyo');
    await page.getByRole('button', { name: 'Close Clock' }).click();
  });

  await test.step('nothing is wrong for axe', async () => {
    await untilStill(page);
    await expectAccessible(page, 'widgets');
  });

  await test.step('a deleted widget comes back as what it was', async () => {
    const clock = page.locator('[data-widget="clock"]');
    await tile(page, 'Clock').press('Delete');
    await expect(clock).toHaveCount(0);
    await expect(page.getByText('Clock was deleted.').first()).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(clock).toContainText(/Tokyo.*New York/s);
  });

  await test.step('a card is written on in its tile, and undone', async () => {
    const note = tile(page, 'Shopping');
    await note.hover();
    await page.getByRole('button', { name: 'Write on Shopping' }).click();
    await expect(page.getByRole('textbox', { name: 'Text of Shopping' })).toBeFocused();
    await page.keyboard.type(' and limes');
    await page.keyboard.press('Escape');
    await expect(note).toContainText('Lemons and limes');
    await expect(note).toBeFocused();
    await expect.poll(async () => (await items()).find((one) => one.body)?.body).toContain('limes');
    await page.keyboard.press('Control+z');
    await expect(note).not.toContainText('limes');
  });

  await test.step('a built-in icon is found by a word, and undone', async () => {
    await tile(page, 'Harbour Bank').press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Change icon' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Icon of Harbour Bank' });
    await dialog.getByText('Built-in', { exact: true }).click();
    await dialog.getByRole('searchbox', { name: 'Find an icon' }).fill('harb');
    await dialog.getByRole('radio', { name: 'Anchor' }).check({ force: true });
    await untilStill(page);
    await expectAccessible(page, 'icons');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const glyph = tile(page, 'Harbour Bank').locator('.face-glyph svg');
    await expect(glyph).toBeVisible();
    const icon = async () => (await items()).find(({ title }) => title === 'Harbour Bank')?.icon;
    await expect.poll(icon).toBe('glyph:anchor');
    await page.keyboard.press('Control+z');
    await expect(glyph).toBeHidden();
    await expect.poll(icon).toBeNull();
  });
});

// A file becomes a dataset, whose rows are looked through, changed, and imported again.

import { expectAccessible, inspectView } from './support/inspect.ts';
import { call, dialog, openApp, openDesktop, settle } from './support/person.ts';
import { expect, test } from './support/test.ts';

const PRICES = [
  'sku,name,price,since,kind',
  'A-1,Anvil,120.50,2024-05-01,iron',
  'B-2,Bellows,35,2024-06-11,leather',
  'C-3,Chain,NA,2024-01-31,iron',
  'D-4,"Drill, small",12.25,2023-12-24,steel',
].join('\n');

const file = (name: string, text: string) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

test('a file is imported, looked through, changed, and imported again', async ({ page, stack }) => {
  const ada = await settle(page, stack.origin, []);
  await openDesktop(page, ada);
  const window = await openApp(page, 'Datasets');
  const grid = window.getByRole('grid', { name: 'Prices' });
  const cell = (text: string) => grid.getByRole('gridcell', { name: text, exact: true });

  await test.step('choose a file: its columns are found', async () => {
    await expect(window.getByRole('heading', { name: 'No dataset yet' })).toBeVisible();
    await inspectView(page, 'datasets-empty');
    await window.getByLabel(/Import a file/).setInputFiles(file('prices.csv', PRICES));
    await expect(window.getByText('4 rows, 5 columns')).toBeVisible();
    await expect(window.getByLabel('Type of since')).toHaveValue('date');
    await expect(window.getByLabel('Type of price')).toHaveValue('text');
    await inspectView(page, 'datasets-review');
  });

  await test.step('take what is offered, and import', async () => {
    await window
      .getByRole('button', { name: /^Use this for price/ })
      .first()
      .click();
    await expect(window.getByLabel('Type of price')).toHaveValue('number');
    await window.getByLabel('Name of the dataset').fill('Prices');
    await window.getByRole('button', { name: 'Import', exact: true }).click();
    await expect(window.getByText('4 rows added.')).toBeVisible();
    await window.getByRole('button', { name: 'Open the dataset' }).click();
    await expect(cell('Anvil')).toBeVisible();
    await inspectView(page, 'datasets-rows');
  });

  await test.step('sort and filter', async () => {
    await grid.getByRole('button', { name: 'price' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Greatest first' }).click();
    const names = grid.getByRole('row').locator('td:nth-child(3)');
    await expect(names).toHaveText(['Anvil', 'Bellows', 'Drill, small', 'Chain']);
    await window.getByRole('button', { name: 'Filter' }).click();
    await window.getByLabel('Column').selectOption('kind');
    await window.getByLabel('Condition', { exact: true }).selectOption('is');
    await window.getByLabel('Value').fill('iron');
    await window.getByRole('button', { name: 'Add condition' }).click();
    await expect(names).toHaveText(['Anvil', 'Chain']);
    await expectAccessible(page, 'datasets-filter');
    await window.getByRole('button', { name: 'Remove the condition kind is iron' }).click();
    await expect(names).toHaveCount(4);
  });

  await test.step('change a cell with the keyboard; what does not fit is refused', async () => {
    await cell('Bellows').click();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const editor = grid.getByLabel('price, being edited');
    await expect(editor).toBeFocused();
    await editor.fill('cheap');
    await page.keyboard.press('Enter');
    await expect(page.getByText('“cheap” does not fit the column price.')).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await cell('35').dblclick();
    await editor.fill('36.5');
    await page.keyboard.press('Enter');
    await expect(cell('36.5')).toBeVisible();
    await cell('36.5').dblclick();
    await editor.fill('1');
    await page.keyboard.press('Escape');
    await expect(cell('36.5')).toBeVisible();
  });

  await test.step('add a row, and delete it', async () => {
    await window.getByRole('button', { name: 'Row', exact: true }).click();
    const form = dialog(page, 'New row');
    await form.getByLabel('name').fill('Etching needle');
    await form.getByLabel('price').fill('dear');
    await form.getByRole('button', { name: 'Add row' }).click();
    await expect(form.getByRole('alert')).toContainText('does not fit');
    await form.getByLabel('price').fill('4.75');
    await inspectView(page, 'datasets-row');
    await form.getByRole('button', { name: 'Add row' }).click();
    await expect(cell('Etching needle')).toBeVisible();
    await grid
      .getByRole('row', { name: /Etching needle/ })
      .getByRole('button')
      .click();
    await dialog(page, 'Row').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete row' }).click();
    await expect(cell('Etching needle')).toHaveCount(0);
  });

  await test.step('a change of type says first what would not fit', async () => {
    await grid.getByRole('button', { name: 'sku' }).click();
    await page.getByRole('menuitem', { name: 'Change column…' }).click();
    const form = dialog(page, 'The column sku');
    await form.getByLabel('Type').selectOption('integer');
    await expect(form.getByText(/4 values do not fit whole number: “A-1”/)).toBeVisible();
    await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
    await expectAccessible(page, 'datasets-column');
    await form.getByLabel('Type').selectOption('text');
    await form.getByLabel('Notes').fill('Article number');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(form).toHaveCount(0);
  });

  await test.step('import again by key: the changes are shown, then applied', async () => {
    await window.getByRole('button', { name: 'Import' }).click();
    const again = 'sku,name,price\nA-1,Anvil,125\nB-2,Bellows,36.5\nE-5,Etau,9\nE-5,Etau,9\n';
    await window.getByLabel(/Import into this dataset/).setInputFiles(file('again.csv', again));
    await window.getByLabel(/^Match by a column/).check();
    await expect(window.getByLabel('Column to match by')).toHaveValue('sku');
    await window.getByLabel('Remove rows that are not in the file').check();
    await window.getByRole('button', { name: 'Show what changes' }).click();
    await expect(window.getByRole('heading', { name: 'What will change' })).toBeVisible();
    await expect(window.getByRole('definition')).toHaveText(['1E-5', '1A-1', '2C-3, D-4', '1']);
    await inspectView(page, 'datasets-changes');
    const saved = page.waitForEvent('download');
    await window.getByRole('button', { name: 'Download' }).click();
    expect((await saved).suggestedFilename()).toBe('again bad rows.csv');
    await window.getByRole('button', { name: 'Apply' }).click();
    await expect(window.getByText('1 row added, 1 row changed, 2 rows removed.')).toBeVisible();
    await window.getByRole('button', { name: 'Open the dataset' }).click();
    await expect(cell('Etau')).toBeVisible();
    await expect(cell('Chain')).toHaveCount(0);
  });

  await test.step('events become rows', async () => {
    await window.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Rows from events…' }).click();
    const form = dialog(page, 'Rows from events');
    await form.getByLabel('Type of the events').fill('order.paid');
    await form.getByLabel('name').fill('payload/what');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form.getByText(/must be JSON pointers/)).toBeVisible();
    await form.getByLabel('name').fill('/payload/what');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(form.getByRole('list', { name: 'Events that become rows' })).toContainText(
      'order.paid',
    );
    await inspectView(page, 'datasets-collectors');
    await form.getByRole('button', { name: 'Close' }).click();
    const events = `/api/organizations/${ada.handle}/instances/main/events`;
    await call(page, 'POST', events, { type: 'order.paid', payload: { what: 'From an event' } });
    await expect(cell('From an event')).toBeVisible();
  });

  await test.step('rows of others appear by themselves', async () => {
    const rows = `/api/organizations/${ada.handle}/datasets/prices/rows`;
    await call(page, 'POST', rows, { values: { name: 'From elsewhere' } });
    await expect(cell('From elsewhere')).toBeVisible();
  });

  await test.step('on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(cell('From elsewhere')).toBeVisible();
    await inspectView(page, 'datasets-phone');
    await window.getByRole('button', { name: 'All datasets' }).click();
    await expect(window.getByRole('button', { name: /^Prices/ })).toBeVisible();
    await inspectView(page, 'datasets-phone-list');
  });
});

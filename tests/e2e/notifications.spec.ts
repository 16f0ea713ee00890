// Notifications: what happened is counted, listed, opened and cleared, the same in every browser.

import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/inspect.ts';
import {
  call,
  dialog,
  enter,
  openDesktop,
  type Person,
  settle,
  untilLive,
  windowOf,
} from './support/person.ts';
import { expect, test } from './support/test.ts';

const bell = (page: Page) =>
  page.getByRole('region', { name: 'Top bar' }).getByRole('button', { name: /^Notifications/ });

/** Makes somebody new a member of Ada's team, which Ada learns as its owner. */
async function join(page: Page, others: Page, { slug }: Team, name: string): Promise<void> {
  const { email } = await enter(others, new URL(page.url()).origin, name);
  await call(page, 'POST', `/api/organizations/${slug}/members`, { email, role: 'member' });
}

/** Ada, and a team of hers with the address `slug`. */
type Team = Person & { slug: string };

async function team(page: Page, origin: string): Promise<Team> {
  const ada = await settle(page, origin);
  const slug = `engine-room-${randomBytes(4).toString('hex')}`;
  await call(page, 'POST', '/api/organizations', { name: 'Engine room', slug });
  await call(page, 'POST', `/api/organizations/${slug}/spaces`, { title: 'Engine', slug: 'home' });
  return { ...ada, slug };
}

test('what happened is counted live, opened, and read everywhere', async ({
  page,
  anonymous,
  browser,
  baseURL,
  stack,
}) => {
  const ada = await team(page, stack.origin);
  await page.goto(`/o/${ada.slug}/home`);
  await untilLive(page);
  await expect(bell(page)).toHaveAccessibleName('Notifications');
  await join(page, anonymous, ada, 'Grace Hopper');
  await expect(bell(page)).toHaveAccessibleName('Notifications, 1 unread');

  const context = await browser.newContext({ ...(baseURL && { baseURL }) });
  const other = await context.newPage();
  await other.request.post(`${stack.origin}/api/auth/dev`, {
    data: { email: ada.email },
    headers: { origin: stack.origin },
  });
  await other.goto(`/o/${ada.slug}/home`);
  await untilLive(other);
  await expect(bell(other)).toHaveAccessibleName('Notifications, 1 unread');

  // By keyboard alone: to the list, and from it to the window concerned.
  await bell(page).press('Enter');
  const center = dialog(page, 'Notifications');
  const entry = center.getByRole('button', { name: /^Unread.*Grace Hopper/ });
  await expect(entry).toBeVisible();
  await expectAccessible(page, 'notifications');
  await entry.press('Enter');
  const row = windowOf(page, 'Members').getByRole('listitem').filter({ hasText: 'Grace Hopper' });
  await expect(row).toBeFocused();
  await expect(center).toBeHidden();
  for (const one of [page, other]) await expect(bell(one)).toHaveAccessibleName('Notifications');
  await context.close();
});

test('notifications about one thing are one entry, and can be cleared', async ({
  page,
  anonymous,
  stack,
}) => {
  const ada = await team(page, stack.origin);
  await page.goto(`/o/${ada.slug}/home`);
  await untilLive(page);
  for (const name of ['Grace Hopper', 'Mary Somerville', 'Charles Babbage']) {
    await join(page, anonymous, ada, name);
  }
  await expect(bell(page)).toHaveAccessibleName('Notifications, 3 unread');
  await bell(page).click();
  const center = dialog(page, 'Notifications');
  const rows = center.getByRole('listitem');
  // They are about the same thing.
  await expect(rows).toHaveCount(1);
  for (const name of ['Grace Hopper', 'Mary Somerville', 'Charles Babbage']) {
    await expect(rows).toContainText(name);
  }
  const dot = rows.getByRole('img', { name: 'Unread' });
  await expect(dot).toBeVisible();
  await center.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(center.getByText('All read.')).toBeVisible();
  await expect(dot).toHaveCount(0);
  await center.getByRole('button', { name: /^Clear “/ }).click();
  await expect(center.getByText('Nothing happened')).toBeVisible();
  // The list is live while it is open.
  await join(page, anonymous, ada, 'Annabella Milbanke');
  await expect(rows).toContainText('Annabella Milbanke');
  await center.getByRole('button', { name: 'Clear all' }).click();
  await expect(center.getByText('Nothing happened')).toBeVisible();
  await page.reload();
  await expect(dialog(page, 'Notifications').getByText('Nothing happened')).toBeVisible();
});

test('quiet hours hide the count, and messages have the corner that was chosen', async ({
  page,
  anonymous,
  stack,
}) => {
  const ada = await team(page, stack.origin);
  await page.clock.install({ time: new Date('2026-11-30T23:30:00Z') });
  await openDesktop(page, ada);
  await bell(page).click();
  const center = dialog(page, 'Notifications');
  await center.getByText('Messages on this screen').click();
  await center.getByRole('checkbox', { name: 'Quiet hours' }).check();
  await center.getByText('Top left', { exact: true }).click();
  await expectAccessible(page, 'settings of messages');
  await page.keyboard.press('Escape');
  await expect(bell(page)).toHaveAccessibleName('Notifications, quiet hours');
  await join(page, anonymous, ada, 'Grace Hopper');
  await page.goto(`/o/${ada.slug}/home`);
  await expect(bell(page)).toHaveAccessibleName('Notifications, 1 unread, quiet hours');
  await page.clock.fastForward('08:00:00');
  await expect(bell(page)).toHaveAccessibleName('Notifications, 1 unread');

  await page.getByRole('button', { name: /Change who sees this page/ }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+KeyN');
  const add = dialog(page, 'Add to this page');
  await add.getByRole('textbox', { name: 'Address' }).fill('https://example.com/');
  await page.keyboard.press('Escape');
  const messages = page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
  await expect(messages.first()).toBeVisible();
  const box = await messages.first().boundingBox();
  expect(box && box.x < 100 && box.y < 200, JSON.stringify(box)).toBe(true);
});

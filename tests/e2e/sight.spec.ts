// Different needs of vision: more contrast, the system's own colours, an enlarged or a narrow page.

import type { Locator, Page } from '@playwright/test';
import {
  expectAccessible,
  expectInside,
  expectNoSidewaysScroll,
  takePicture,
  untilStill,
} from './support/inspect.ts';
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

type Look = (view: string) => Promise<void>;

/** An event as programs send them: with very long names and words. */
const LONG = {
  type: 'a.very.long.name.that.goes.on.because.somebody.nests.everything.in.everything.else',
  payload: { message: 'word '.repeat(100), deep: { deeper: ['x'.repeat(300)] } },
};

async function arrive(page: Page, stack: Stack): Promise<Person> {
  const things = threeThings(stack.tideTable.origin, stack.bank.origin);
  const person = await settle(page, stack.origin, things);
  await call(page, 'POST', `/api/organizations/${person.handle}/instances`, { name: 'Staging' });
  await call(page, 'POST', `/api/organizations/${person.handle}/instances/main/events`, LONG);
  await call(page, 'POST', `${person.home}/publish`, { audience: 'public' });
  await openDesktop(page, person);
  return person;
}

/** Opens the views before the desktop, and checks each. */
async function walk(page: Page, stack: Stack, look: Look): Promise<void> {
  const { handle } = await arrive(page, stack);
  await expect(tile(page, 'What I am reading')).toBeVisible();
  await look('desktop');
  await tile(page, 'Tide Table').focus();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await look('menu');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const add = dialog(page, 'Add to this page');
  await add.getByRole('textbox', { name: 'Address' }).fill(stack.bank.origin);
  await expect(add.getByText('Opens in a new tab.')).toBeVisible();
  await look('dialog');
  await page.keyboard.press('Escape');
  const events = await openApp(page, 'Events');
  await events.getByText(LONG.type).click();
  await expect(events.getByText('"deeper"')).toBeVisible();
  await look('events');
  await page.getByRole('button', { name: 'Close Events' }).click();
  const settings = await openApp(page, 'Settings');
  await expect(settings.getByText('This one')).toBeVisible();
  await look('settings');
  await overlays(page, look);
  await page.getByRole('button', { name: 'Close Settings' }).click();
  await tile(page, 'Harbour Bank').focus();
  await page.keyboard.press('Delete');
  await expect(page.getByText('Harbour Bank was deleted.')).toBeVisible();
  await look('message');
  await page.goto(`/@${handle}`);
  await look('public');
}

/** What lies over the desktop and its windows. */
async function overlays(page: Page, look: Look): Promise<void> {
  const shown: [string, keys: string, ready: Locator][] = [
    ['palette', 'Control+k', page.getByRole('combobox')],
    ['search', 'Control+Shift+k', page.getByRole('combobox')],
    ['shortcuts', 'Control+/', dialog(page, 'Keyboard shortcuts').getByRole('listitem').first()],
    ['overview', 'Control+ArrowUp', dialog(page, 'Overview')],
  ];
  for (const [view, keys, ready] of shown) {
    await page.keyboard.press(keys);
    await expect(ready).toBeVisible();
    await look(view);
    await page.keyboard.press('Escape');
    await expect(ready).toBeHidden();
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`more contrast is seven to one in all views, ${colorScheme}`, async ({ page, stack }) => {
    await page.emulateMedia({ contrast: 'more', colorScheme });
    await walk(page, stack, async (view) => {
      await untilStill(page);
      await expectAccessible(page, view, ['color-contrast-enhanced']);
      await takePicture(page, `more contrast, ${colorScheme} ${view}`);
    });
  });
}

for (const { name, width, height } of [
  { name: 'on 320 pixels', width: 320, height: 568 },
  { name: 'at twice the size', width: 720, height: 450 },
]) {
  test(`nothing is cut off ${name}`, async ({ page, stack }) => {
    await page.setViewportSize({ width, height });
    await walk(page, stack, async (view) => {
      await untilStill(page);
      await expectAccessible(page, view);
      await expectInside(page, view);
      await expectNoSidewaysScroll(page, view);
      await takePicture(page, `${name} ${view}`);
    });
  });
}

test('the whole dock is visible at 320 pixels', async ({ page, stack }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  await arrive(page, stack);
  const dock = page.getByRole('navigation', { name: 'Dock' });
  for (const button of await dock.getByRole('button').all())
    await expect(button).toBeInViewport({ ratio: 1 });
  expect(await dock.evaluate((row) => row.scrollWidth - row.clientWidth)).toBe(0);
});

test('without shadows and tints, lines separate parts and mark the selection', async ({
  page,
  stack,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const lined = async (element: Locator) => {
    const width = await element.evaluate((one) => getComputedStyle(one).borderTopWidth);
    expect(Number.parseFloat(width), `${element} has a line around it`).toBeGreaterThan(0);
  };
  await walk(page, stack, async (view) => {
    await untilStill(page);
    await takePicture(page, `forced colours ${view}`);
    const checks: Record<string, () => Promise<void>> = {
      desktop: async () => {
        await lined(tile(page, 'What I am reading'));
        await lined(page.getByRole('navigation', { name: 'Dock' }).locator('> div'));
      },
      menu: async () => {
        await lined(page.getByRole('menu'));
        await expect(page.locator('.menu-item:focus')).toHaveCSS('outline-style', 'solid');
      },
      dialog: async () => {
        await lined(dialog(page, 'Add to this page'));
        const chosen = page.locator('label', { has: page.getByRole('radio', { name: 'New tab' }) });
        const colours = await chosen.evaluate((label) => {
          const { color, backgroundColor, forcedColorAdjust } = getComputedStyle(label);
          return { color, backgroundColor, forcedColorAdjust };
        });
        expect(colours.color).not.toBe(colours.backgroundColor);
        // Otherwise the browser paints a backplate behind the text, in the colour of the text.
        expect(colours.forcedColorAdjust).toBe('none');
      },
      events: () => lined(windowOf(page, 'Events')),
      message: async () => {
        const messages = page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
        for (const message of await messages.all()) await lined(message);
      },
    };
    await checks[view]?.();
  });
});

test('reduced motion disables all motion', async ({ page, stack }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript(() => {
    // Even a short transition shows a frame between two states: text for screen readers became visible.
    const run = new Set<string>();
    addEventListener('transitionrun', ({ propertyName }) => run.add(propertyName), true);
    Object.assign(window, { run });
  });
  await walk(page, stack, async (view) => {
    const run = await page.evaluate(() => [...(window as unknown as { run: Set<string> }).run]);
    expect(run, `transitions in ${view}`).toEqual([]);
    const longest = await page.evaluate(() =>
      Math.max(
        0,
        ...document.getAnimations().map(({ effect }) => {
          const { duration, iterations } = effect?.getComputedTiming() ?? {};
          return Number(duration ?? 0) * (iterations ?? 1);
        }),
      ),
    );
    expect(longest, view).toBeLessThanOrEqual(1);
  });
});

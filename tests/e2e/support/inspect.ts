// Checks of a page: accessibility by axe, and no horizontal overflow.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';
import { root } from '../../../scripts/lib/paths.mjs';

/** The folder of screenshots for people; git ignores it. */
const pictures = join(root, 'test-results', 'views');

/** Whether screenshots are taken: they take a fifth of the time of the tests, and only people look at them. */
export const TAKES_PICTURES = Boolean(process.env.E2E_PICTURES);

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Refuses anything that axe finds wrong in the page, what it embeds left out; `more`: its rules besides. */
export async function expectAccessible(
  page: Page,
  view: string,
  more: readonly string[] = [],
): Promise<void> {
  // Through the debugger, which the page's Content-Security-Policy does not restrict.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const asked = { values: RULES, more };
  const violations = await page.evaluate(async ({ values, more }) => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const found = await checker.run(document, {
      iframes: false,
      resultTypes: ['violations'],
      runOnly: { type: 'tag', values },
      rules: Object.fromEntries(more.map((rule) => [rule, { enabled: true }])),
    });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary = '' }) => `${id} at ${target}: ${failureSummary}`),
    );
  }, asked);
  expect.soft(violations, `axe in ${view}`).toEqual([]);
}

/** Refuses what reaches over the sides of the viewport, unless its box is made to be scrolled. */
export async function expectInside(page: Page, view: string): Promise<void> {
  const outside = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element: Element | null): boolean => {
      if (!element || element === document.body) return false;
      const { overflowX } = getComputedStyle(element);
      const wide = element.scrollWidth > element.clientWidth + 1;
      return (
        (wide && (overflowX === 'auto' || overflowX === 'scroll')) || scrolls(element.parentElement)
      );
    };
    /** Text for screen readers only is in a box of one pixel. */
    const hidden = (element: Element | null): boolean => {
      if (!element) return false;
      const { width: w, height: h } = element.getBoundingClientRect();
      const { visibility, overflow } = getComputedStyle(element);
      const clipped = w <= 1 && h <= 1 && overflow !== 'visible';
      return visibility !== 'visible' || clipped || hidden(element.parentElement);
    };
    /** The resize edges of windows are around them, and invisible. */
    const empty = (element: Element) => element.matches('div[aria-hidden]:empty');
    const seen = (element: Element) => {
      const { width: w, height: h } = element.getBoundingClientRect();
      return w > 0 && h > 0 && !empty(element) && !hidden(element);
    };
    const found = [...document.querySelectorAll('body *:not(svg *)')].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return (right > width + 1 || left < -1) && seen(element) && !scrolls(element.parentElement);
    });
    const words = found.map(
      (one) => `${one.tagName} ${one.className} “${one.textContent?.slice(0, 40)}”`,
    );
    if (document.documentElement.scrollWidth > width)
      words.push('the page itself scrolls sideways');
    return words;
  });
  expect.soft(outside, `over the sides in ${view}`).toEqual([]);
}

/** Waits until a change of size or colours is painted and no transition is running. */
export async function untilStill(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // Transitions of off-screen elements pause and never end.
    const seen = ({ effect }: Animation) =>
      effect instanceof KeyframeEffect &&
      effect.target?.checkVisibility({ contentVisibilityAuto: true });
    const moving = () =>
      document.getAnimations().some((one) => one.playState === 'running' && seen(one));
    do {
      await frame();
      await frame();
    } while (moving());
  });
}

/** Columns that scroll vertically must not scroll horizontally, too. */
export async function expectNoSidewaysScroll(page: Page, view: string): Promise<void> {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('main, [data-window] section, [role="dialog"] div')]
      .filter((element) => {
        const { overflowY, overflowX } = getComputedStyle(element);
        return (
          /auto|scroll/.test(overflowY + overflowX) && element.scrollWidth > element.clientWidth + 1
        );
      })
      .map((element) => `${element.tagName} ${element.className}`),
  );
  expect.soft(wide, `sideways scrolling in ${view}`).toEqual([]);
}

export async function takePicture(page: Page, name: string): Promise<void> {
  if (!TAKES_PICTURES) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Checks a view in both colour schemes. */
export async function inspectView(page: Page, view: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await untilStill(page);
    const name = `${view} ${colorScheme}`;
    await expectAccessible(page, name);
    await expectInside(page, name);
    await takePicture(page, name);
  }
}

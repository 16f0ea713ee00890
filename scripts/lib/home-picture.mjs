// Takes the pictures of the demo home for the README: the desktop with two windows, and the public
// page, both light and dark. Needs a fresh demo: ./scripts/dev --fresh
//
//   node scripts/lib/home-picture.mjs

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { findChromium } from './chromium.mjs';
import { command, Problem } from './cli.mjs';
import { root } from './paths.mjs';

/** @typedef {import('playwright-core').Page} Page */

const SIZE = { width: 1440, height: 900 };
const HOME = 'ada-lindqvist';
/** The origin of `./scripts/dev`, which the public page shows. */
const ORIGIN = 'http://localhost:8787';
const EVENTS = [
  { type: 'map.tile_rendered', payload: { message: 'Hafnar, 14 tiles at zoom 16' } },
  { type: 'ferry.timetable_changed', payload: { message: 'Sund leaves at 07:40 on weekdays' } },
  { type: 'bench.reported', payload: { message: 'A new bench below the old mill' } },
];

/** The public page uses the font of the system. This one replaces it, so that pictures are the same on every system. */
function inter() {
  const file = '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';
  const font = readFileSync(createRequire(import.meta.url).resolve(file)).toString('base64');
  return `@font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,${font}); }`;
}

/** @param {Page} page */
async function prepare(page) {
  const headers = { origin: ORIGIN };
  /** @type {(path: string, data: unknown) => Promise<void>} */
  const post = async (path, data) => {
    const answer = await page.request.post(ORIGIN + path, { data, headers });
    if (!answer.ok()) throw new Problem(`${path} answered ${answer.status()}.`);
  };
  await post('/api/auth/dev', { email: 'ada@example.com' });
  // Windows of the run before would be open.
  const workspaces = `${ORIGIN}/api/organizations/${HOME}/workspaces`;
  const { items } = await (await page.request.get(workspaces)).json();
  for (const { id } of items) await page.request.delete(`${workspaces}/${id}`, { headers });
  for (const event of EVENTS) {
    await post(`/api/organizations/${HOME}/instances/main/events`, event);
  }
}

/** Places two windows side by side. @param {Page} page */
async function arrange(page) {
  await page.goto(`${ORIGIN}/o/${HOME}/home`);
  await page.locator('.art-dunes').waitFor();
  await page.locator('[data-widget="events"]').getByText('A new bench').first().waitFor();
  // The icons of the tiles are fetched with a part of their own.
  await page.locator('[data-tile] .face-glyph svg').first().waitFor();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await place(page, 'Settings', { x: 1004, y: 92, width: 412, height: 470 });
  await page.getByRole('button', { name: 'Events', exact: true }).click();
  await place(page, 'Events', { x: 1004, y: 574, width: 412, height: 234 });
  await page.mouse.move(0, 0);
}

/**
 * Resizes a window by its corner, then moves it by its title bar.
 * @param {Page} page
 * @param {string} title
 * @param {{ x: number, y: number, width: number, height: number }} wanted
 */
async function place(page, title, wanted) {
  const window = page.getByRole('dialog', { name: title, exact: true });
  // What it shows is fetched, and until then it is not where it will be.
  await window.locator('li, p, fieldset').first().waitFor();
  const at = async () => {
    const box = await window.boundingBox();
    if (!box) throw new Problem(`The window ${title} did not open.`);
    return box;
  };
  /** @type {(from: [number, number], by: [number, number]) => Promise<void>} */
  const drag = async ([x, y], [dx, dy]) => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx, y + dy, { steps: 4 });
    await page.mouse.up();
  };
  const { x, y, width, height } = await at();
  await drag([x + width, y + height], [wanted.width - width, wanted.height - height]);
  await drag([x + 200, y + 20], [wanted.x - x, wanted.y - y]);
}

/**
 * @param {Page} page
 * @param {string} name
 */
async function take(page, name) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The first picture of a new scheme can show colours of the one before.
    await page.screenshot();
    const picture = await page.screenshot();
    const file = join(root, 'docs', 'images', `${name}-${colorScheme}.png`);
    const { size } = await sharp(picture).png({ palette: true, effort: 10 }).toFile(file);
    console.log(`${file}, ${Math.round(size / 1000)} kB`);
  }
}

command(import.meta.url, async () => {
  const executablePath = findChromium();
  const browser = await chromium.launch(executablePath ? { executablePath } : {});
  try {
    const page = await browser.newPage({
      viewport: SIZE,
      locale: 'en-US',
      bypassCSP: true,
      // A window that still grows has another size than the one that it opens with.
      reducedMotion: 'reduce',
    });
    await prepare(page);
    await arrange(page);
    await take(page, 'desktop');
    await page.goto(`${ORIGIN}/@${HOME}`);
    await page.addStyleTag({ content: inter() });
    await take(page, 'public');
  } finally {
    await browser.close();
  }
});

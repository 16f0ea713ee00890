// The figures of the start page on a slow network: `./scripts/bench --only shell`. The largest paint of
// `/start`, on a first visit and from the service worker.

import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { startWorkers } from '../harness/workers.mjs';
import { ask, createDatabase, createPerson, HANDLE } from './data.mjs';
import { spread } from './pairs.mjs';
import { serve, shellFile } from './shell.mjs';

/** @typedef {import('./figures.mjs').Row} Row */
/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

const ROUNDS = 5;
const VIEWPORT = { width: 1440, height: 900 };
/** Lighthouse's slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms for a round trip. */
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
};
const TIMEOUT_MS = 30_000;

/**
 * @param {string} serverUrl of Postgres
 * @returns {Promise<Row[]>}
 */
export async function startFigures(serverUrl) {
  const database = await createDatabase(serverUrl);
  const shell = await serve(shellFile);
  const workers = await startWorkers({ databaseUrl: database.url, shellOrigin: shell.origin });
  const program = findChromium();
  const browser = await chromium.launch({ ...(program && { executablePath: program }) });
  try {
    const person = await createPerson(database.url, HANDLE);
    const base = `/api/organizations/${HANDLE}/spaces`;
    const space = /** @type {{ id: string }} */ (
      await ask(workers.origin, person, 'POST', base, { title: 'Ada', slug: 'home' })
    );
    for (let i = 0; i < 12; i++) {
      await ask(workers.origin, person, 'POST', `${base}/${space.id}/items`, {
        kind: 'card',
        title: `Card ${i}`,
        body: 'Some text.',
      });
    }
    const token = person.headers.authorization?.replace('Bearer ', '') ?? '';
    /** @type {number[]} */
    const cold = [];
    /** @type {number[]} */
    const warm = [];
    for (let round = 0; round < ROUNDS; round++) {
      const context = await browser.newContext({ viewport: VIEWPORT });
      await context.addCookies([{ name: 'prox', value: token, url: workers.origin }]);
      cold.push(await largestPaint(context, `${workers.origin}/start`));
      await installed(context, `${workers.origin}/start`);
      warm.push(await largestPaint(context, `${workers.origin}/start`));
      await context.close();
    }
    return [
      row('17', 'Start page on slow 4G, first visit: largest paint', cold),
      row('17b', 'The same, from the service worker', warm),
    ];
  } finally {
    await browser.close();
    await workers.stop();
    await shell.stop();
    await database.drop();
  }
}

/** @param {string} number @param {string} name @param {number[]} times @returns {Row} */
function row(number, name, times) {
  const { median, low, high } = spread(times);
  return {
    number,
    name,
    value: median,
    range: [low, high],
    unit: 'ms',
    bar: { most: 1_200 },
    note: '1.6 Mbit/s, 150 ms round trip; the processor is not slowed',
  };
}

/**
 * Opens a page on a slow network; answers ms until its largest paint.
 * @param {BrowserContext} context
 * @param {string} url
 */
async function largestPaint(context, url) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', SLOW_4G);
  await page.goto(url);
  await page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor({ timeout: TIMEOUT_MS });
  await page.locator('[data-tile]').last().waitFor({ timeout: TIMEOUT_MS });
  await page.waitForLoadState('networkidle');
  // In the page, whose types are not those of Node.
  const paint = await page.evaluate(`new Promise((resolve) =>
    new PerformanceObserver((list) =>
      resolve(Math.max(...list.getEntries().map(({ startTime }) => startTime))),
    ).observe({ type: 'largest-contentful-paint', buffered: true }),
  )`);
  await page.close();
  return Number(paint);
}

/** Visits a page until the service worker has it. @param {BrowserContext} context @param {string} url */
async function installed(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(`(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    if (serviceWorker.controller) return;
    await new Promise((resolve) =>
      serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    );
  })()`);
  await page.waitForLoadState('networkidle');
  await page.close();
}

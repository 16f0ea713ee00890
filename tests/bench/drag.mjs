// The figures of dragging a window of the shell, beside one element in a bare page:
// `./scripts/bench --only shell`. Needs the built shell and the development workers.

import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { startWorkers } from '../harness/workers.mjs';
import { ask, createDatabase, createPerson, HANDLE } from './data.mjs';
import { pairs, spread } from './pairs.mjs';
import { serve, shellFile } from './shell.mjs';

/** @typedef {import('./figures.mjs').Row} Row */
/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */
/**
 * @typedef {object} Drag what a trace shows of one drag
 * @property {number} presented frames that the screen showed
 * @property {number} dropped frames that came too late
 * @property {number} longest ms between two frames that the screen showed while a move waited
 * @property {number} task ms of the longest task of the page's main thread
 * @property {number} processor ms that the task with the most work kept the processor
 */

const PAIRS = 3;
const WINDOWS = 20;
const FRAMES = 3;
const DRAG_MS = 5_000;
/** Two moves for each frame of a display with 60 Hz. */
const MOVE_EVERY_MS = 8;
/** Ms of a frame of that display. */
const FRAME_MS = 1_000 / 60;
const VIEWPORT = { width: 1440, height: 900 };
const CATEGORIES = [
  'benchmark',
  'cc',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
];

const BARE = `<!doctype html><title>Bare</title>
<body style="margin: 0; background: #f6f5f2">
<div id="box" style="position: absolute; left: 400px; top: 200px; width: 640px; height: 520px; background: #fff; touch-action: none"></div>
<script>
  let from = null;
  box.onpointerdown = (e) => { from = [e.clientX, e.clientY]; box.setPointerCapture(e.pointerId); };
  box.onpointermove = (e) => {
    if (from) box.style.translate = (e.clientX - from[0]) + 'px ' + (e.clientY - from[1]) + 'px';
  };
  box.onpointerup = () => { from = null; };
</script>`;

/**
 * @param {string} serverUrl of Postgres
 * @returns {Promise<Row[]>}
 */
export async function shellFigures(serverUrl) {
  const database = await createDatabase(serverUrl);
  const shell = await serve(shellFile);
  const site = await serve((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>A page</title>${'<p>Some text.'.repeat(20)}`);
  });
  const workers = await startWorkers({
    databaseUrl: database.url,
    shellOrigin: shell.origin,
    vars: { EGRESS_ALLOW: site.address },
  });
  const program = findChromium();
  const browser = await chromium.launch({ ...(program && { executablePath: program }) });
  try {
    const person = await createPerson(database.url, HANDLE);
    const path = await furnish(workers.origin, person, site.origin);
    const token = person.headers.authorization?.replace('Bearer ', '') ?? '';
    const context = await browser.newContext({ viewport: VIEWPORT });
    await context.addCookies([{ name: 'prox', value: token, url: workers.origin }]);
    const ours = await context.newPage();
    await ours.goto(workers.origin + path);
    await ours
      .locator('[data-window]:not([hidden])')
      .nth(WINDOWS - 1)
      .waitFor();
    await ours
      .locator('[data-window] iframe:not(.opacity-0)')
      .nth(FRAMES - 1)
      .waitFor();
    // Its service worker fetches and keeps the shell meanwhile.
    await ours.evaluate('navigator.serviceWorker.ready');
    await ours.waitForLoadState('networkidle');
    const bare = await context.newPage();
    await bare.setContent(BARE);
    const title = ours.locator('[data-window]').last().locator('h2');
    const box = bare.locator('#box');
    const rounds = await pairs(
      PAIRS,
      () => drag(browser, ours, title),
      () => drag(browser, bare, box),
    );
    return rows(rounds);
  } finally {
    await browser.close();
    await workers.stop();
    await Promise.all([site.stop(), shell.stop()]);
    await database.drop();
  }
}

/**
 * Makes a home whose desktop has the windows open.
 * @param {string} origin
 * @param {import('./data.mjs').Person} person
 * @param {string} site of the embedded pages
 * @returns {Promise<string>} its path
 */
async function furnish(origin, person, site) {
  const base = `/api/organizations/${HANDLE}`;
  /** @type {(path: string, body: object) => Promise<{ id: string, title: string }>} */
  const post = async (path, body) =>
    /** @type {any} */ (await ask(origin, person, 'POST', base + path, body));
  const space = await post('/spaces', { title: 'Desk', slug: 'desk' });
  /** @type {Record<string, object>} */
  const windows = {};
  for (let i = 0; i < WINDOWS; i++) {
    const item = await post(`/spaces/${space.id}/items`, {
      title: `Window ${i}`,
      ...(i < FRAMES
        ? { kind: 'app', url: `${site}/${i}`, mode: 'embed' }
        : { kind: 'card', body: '# A card\n\nWith some text.' }),
    });
    const place = [20 + (i % 5) * 200, 10 + Math.floor(i / 5) * 110, 420, 320, 1440, 772];
    const [size, shape] = [[420, 320], 'free'];
    windows[`item:${space.id}/${item.id}`] = { size, place, shape, order: i, title: item.title };
  }
  await post('/workspaces', {
    id: `wks_${person.organization.slice(person.organization.indexOf('_') + 1)}`,
    name: 'Desktop 1',
    position: 1_000,
    layout: { format: 1, windows },
  });
  return `/o/${HANDLE}/desk`;
}

/**
 * Drags an element in a circle, and reads the trace.
 * @param {Browser} browser
 * @param {Page} page
 * @param {import('playwright-core').Locator} handle
 * @returns {Promise<Drag>}
 */
async function drag(browser, page, handle) {
  await page.bringToFront();
  const box = await handle.boundingBox();
  if (!box) throw new Error('there is nothing to drag');
  const [x, y] = [box.x + 40, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  /** @param {'mousePressed' | 'mouseMoved' | 'mouseReleased'} type @param {number} atX @param {number} atY */
  const mouse = (type, atX, atY) =>
    session.send('Input.dispatchMouseEvent', {
      type,
      x: atX,
      y: atY,
      button: 'left',
      buttons: type === 'mouseReleased' ? 0 : 1,
      clickCount: 1,
    });
  await browser.startTracing(page, { categories: CATEGORIES });
  await mouse('mousePressed', x, y);
  const sent = [];
  const began = performance.now();
  for (let now = began; now - began < DRAG_MS; now = performance.now()) {
    const angle = ((now - began) / DRAG_MS) * 8 * Math.PI;
    sent.push(mouse('mouseMoved', x + 120 * Math.sin(angle), y + 60 * (1 - Math.cos(angle))));
    await new Promise((resolve) => setTimeout(resolve, MOVE_EVERY_MS));
  }
  await Promise.all(sent);
  await mouse('mouseReleased', x, y);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  await session.detach();
  return readTrace(trace.traceEvents, sent.length);
}

/**
 * @param {any[]} events of a trace
 * @param {number} moves
 * @returns {Drag}
 */
function readTrace(events, moves) {
  const begun = events.find(({ name }) => name === 'TracingStartedInBrowser');
  const pid = begun?.args.data.frames.find((/** @type {any} */ one) => !one.parent)?.processId;
  // From the first move to the last: starting and stopping a trace takes its time, too.
  const times = events
    .filter(
      ({ name, args, pid: of }) =>
        of === pid && name === 'EventDispatch' && args.data?.type === 'pointermove',
    )
    .map(({ ts }) => ts);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const own = events.filter(
    ({ pid: of, ts, ph }) => of === pid && (ph === 'M' || (ts >= from && ts <= to)),
  );
  const main = own.find(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  )?.tid;
  // The ids of reports are used again.
  const running = new Map();
  /** @type {number[]} */
  const shown = [];
  let dropped = 0;
  const reports = own.filter(({ name }) => name === 'PipelineReporter');
  for (const { ph, ts, id2, args } of reports.sort((a, b) => a.ts - b.ts)) {
    if (ph === 'b') {
      const state = args.frame_reporter?.state ?? '';
      running.set(id2?.local, state);
      if (state === 'STATE_DROPPED') dropped += 1;
    } else if (ph === 'e' && /^STATE_PRESENTED/.test(running.get(id2?.local) ?? '')) {
      shown.push(ts / 1000);
    }
  }
  if (shown.length < moves / 10) throw new Error(`only ${shown.length} frames are in the trace`);
  // When the browser got the moves: a pointer that rests, because this process was slow, needs no frame.
  const sent = events
    .filter(({ name, ph, ts }) => name === 'InputLatency::MouseMove' && ph === 'b' && ts <= to)
    .map(({ ts }) => ts / 1000)
    .sort((a, b) => a - b);
  const gaps = shown.slice(1).map((at, i) => {
    const before = /** @type {number} */ (shown[i]);
    const asked = sent.find((time) => time > before - FRAME_MS) ?? at;
    return Math.max(0, at - Math.max(before, asked));
  });
  const tasks = own.filter(({ name, tid, ph }) => name === 'RunTask' && tid === main && ph === 'X');
  return {
    presented: shown.length,
    dropped,
    longest: Math.max(...gaps),
    task: Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)),
    processor: Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000)),
  };
}

/**
 * @param {{ ours: Drag, theirs: Drag }[]} rounds
 * @returns {Row[]}
 */
function rows(rounds) {
  // One more on both sides: a side may drop none.
  const ratios = spread(
    rounds.map(({ ours, theirs }) => (ours.dropped + 1) / (theirs.dropped + 1)),
  );
  const middle = (/** @type {(round: { ours: Drag, theirs: Drag }) => number} */ of) =>
    spread(rounds.map(of)).median;
  const longest = spread(rounds.map(({ ours }) => ours.longest));
  const task = spread(rounds.map(({ ours }) => ours.task));
  return [
    {
      number: '16',
      name: `Dragging one of ${WINDOWS} windows, ${FRAMES} of them with pages: dropped frames`,
      value: ratios.median,
      range: [ratios.low, ratios.high],
      bar: { most: 1.2 },
      note: `${middle(({ ours }) => ours.dropped)} of ${middle(({ ours }) => ours.presented)} frames, a bare page ${middle(({ theirs }) => theirs.dropped)} of ${middle(({ theirs }) => theirs.presented)}`,
    },
    {
      number: '16b',
      name: 'The same: longest time between two frames',
      value: longest.median,
      range: [longest.low, longest.high],
      unit: 'ms',
      bar: { most: 32 },
      note: `a bare page ${middle(({ theirs }) => theirs.longest).toFixed(1)} ms`,
    },
    {
      number: '16c',
      name: 'The same: longest task',
      value: task.median,
      range: [task.low, task.high],
      unit: 'ms',
      bar: { most: 50 },
      note: `${middle(({ ours }) => ours.processor).toFixed(1)} ms of processor time; a bare page ${middle(({ theirs }) => theirs.task).toFixed(1)} and ${middle(({ theirs }) => theirs.processor).toFixed(1)} ms`,
    },
  ];
}

// The figures. Each is a function that measures and returns its rows.

import { deepStrictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { outputDir, WASM_LIMIT, WORKERS } from '../../scripts/lib/build.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { ask, HANDLE } from './data.mjs';
import { datasets } from './datasets.mjs';
import { loadTimes } from './isolates.mjs';
import { load } from './load.mjs';
import { pairs, spread } from './pairs.mjs';
import { baselineWorkers, ourWorkers } from './runtime.mjs';
import { openMany, openSocket } from './sockets.mjs';

/** @typedef {import('./data.mjs').Person} Person */
/** @typedef {import('./load.mjs').Sample} Sample */
/** @typedef {import('./load.mjs').Target} Target */
/** @typedef {import('./sockets.mjs').Listener} Listener */
/**
 * @typedef {object} Bench what a figure measures on
 * @property {import('./runtime.mjs').Calls} runtime
 * @property {import('./runtime.mjs').Origins} origins
 * @property {string} databaseUrl without the proxy
 * @property {Person} person
 * @property {(handle: string) => Promise<Person>} newPerson
 */
/**
 * @typedef {object} Row
 * @property {string} number
 * @property {string} name
 * @property {number} value the median of the pairs, where there are pairs
 * @property {[number, number]} [range] the lowest and highest
 * @property {string} [unit]
 * @property {{ least: number } | { most: number }} [bar]
 * @property {string} note the absolute figures behind the ratio, of this machine
 */

const PAIRS = 7;
const STARTS = 5;
/**
 * Sockets of a room. This workerd needs two descriptors for each, and both sides are open at once: with 5,000
 * they would need more than 20,000.
 */
const CROWDS = [1000, 4900];
const ROUND_TRIP_MS = 5;
const PROVIDERS = '/api/auth/providers';
const SCRIPT = '/_prox/live.js';
const SPACE = `/api/organizations/${HANDLE}/spaces/board`;
const LIST = `/api/organizations/${HANDLE}/spaces/list/items?limit=200`;
const KILO = { requests: 3000, concurrency: 32 };

/**
 * The figures of the workers, by their number; 13 are those of `prox`.
 * @type {Record<string, (bench: Bench) => Promise<Row[]>>}
 */
export const FIGURES = {
  1: plainRequests,
  2: roundTrips,
  3: authorizedRead,
  4: list,
  5: delivery,
  6: broadcast,
  7: frames,
  8: publicPage,
  9: cachedPage,
  10: shell,
  11: edge,
  12: wasm,
  14: isolates,
  16: datasets,
};

/** @param {Bench} bench */
async function plainRequests({ origins }) {
  const rows = [];
  for (const [number, path, theirs, name] of [
    ['1', PROVIDERS, PROVIDERS, 'requests/s, small JSON ÷ Hono'],
    ['1b', SCRIPT, SCRIPT, 'requests/s, 1 kB text ÷ Hono'],
    ['1c', PROVIDERS, `/dressed${PROVIDERS}`, 'as 1, Hono with request id, security headers, log'],
  ]) {
    const measured = await pairs(
      PAIRS,
      () =>
        load({ origin: path === SCRIPT ? origins.pages : origins.api, path: String(path) }, KILO),
      () => load({ origin: origins.pg, path: String(theirs) }, KILO),
    );
    const bar = number === '1c' ? { bar: { least: 1.1 } } : {};
    rows.push({ ...perSecond(String(number), String(name), measured), ...bar });
  }
  return rows;
}

/** @param {Bench} bench */
async function roundTrips({ runtime, origins, person }) {
  const counts = /** @type {Record<string, number>} */ ({});
  for (const side of /** @type {const} */ (['api', 'pg', 'postgres'])) {
    const target = { origin: origins[side], path: SPACE, headers: person.headers };
    await load(target, { requests: 1, concurrency: 1 });
    await runtime.takeRoundTrips();
    await load(target, { requests: 20, concurrency: 1 });
    counts[side] = (await runtime.takeRoundTrips()) / 20;
  }
  const note = `Hono + pg ${counts.pg}, Hono + postgres.js ${counts.postgres}`;
  const name = 'round trips after connect, authorized GET';
  return [{ number: '2', name, value: counts.api ?? Number.NaN, bar: { most: 1 }, note }];
}

/** @param {Bench} bench */
async function authorizedRead({ runtime, origins, person }) {
  const size = { requests: 200, concurrency: 4 };
  const ours = { origin: origins.api, path: SPACE, headers: person.headers };
  await expectAlike(origins, person, SPACE);
  const rows = [];
  for (const { number, theirs, startup, name, bar } of [
    { number: '3', theirs: 'pg', startup: false, name: 'Hono + pg', bar: { most: 0.42 } },
    { number: '3b', theirs: 'postgres', startup: false, name: 'Hono + postgres.js' },
    { number: '3c', theirs: 'pg', startup: true, name: 'Hono + pg, connecting costs 5 ms too' },
  ]) {
    await runtime.setProxy({ delay: ROUND_TRIP_MS, startup });
    const origin = /** @type {string} */ (origins[/** @type {'pg'} */ (theirs)]);
    const measured = await pairs(
      PAIRS,
      () => load(ours, size),
      () => load({ ...ours, origin }, size),
    );
    const { median, low, high } = spread(measured.map((p) => p.ours.p50 / p.theirs.p50));
    const note = `p50 ${sides(measured, (sample) => sample.p50, 1)} ms`;
    /** @type {Row} */
    const row = { number, name: `p50, authorized GET ÷ ${name}`, value: median, note };
    rows.push({
      ...row,
      range: /** @type {[number, number]} */ ([low, high]),
      ...(bar && { bar }),
    });
  }
  await runtime.setProxy({ delay: ROUND_TRIP_MS, startup: false });
  return rows;
}

/** @param {Bench} bench */
async function list({ origins, person }) {
  const size = { requests: 300, concurrency: 16 };
  const { headers } = person;
  const open = LIST.replace(
    `/api/organizations/${HANDLE}/`,
    `/open/organizations/${person.organization}/`,
  );
  await expectAlike(origins, person, LIST);
  const rows = [];
  for (const { number, origin, path, name, bar } of [
    { number: '4', origin: origins.pg, path: LIST, name: 'Hono + pg', bar: { least: 1.8 } },
    { number: '4b', origin: origins.postgres, path: LIST, name: 'Hono + postgres.js' },
    {
      number: '4c',
      origin: origins.pg,
      path: open,
      name: 'Hono + pg, asking for nobody',
      bar: { least: 1.5 },
    },
  ]) {
    const measured = await pairs(
      PAIRS,
      () => load({ origin: origins.api, path: LIST, headers }, size),
      () => load({ origin, path, headers }, size),
    );
    const row = perSecond(number, `requests/s, 200-row list ÷ ${name}`, measured);
    rows.push({ ...row, ...(bar && { bar }) });
  }
  return rows;
}

/** @param {Bench} bench */
async function delivery({ origins, person }) {
  const listener = await openSocket(socketOf(origins.edge, HANDLE, person));
  const ratios = [];
  for (let i = 0; i < 40; i++) {
    const heard = new Promise((resolve) => listener.listen(() => resolve(performance.now())));
    const asked = performance.now();
    await ask(origins.edge, person, 'POST', `${SPACE}/items`, card(`Card ${i}`));
    const answered = performance.now();
    ratios.push((Number(await heard) - asked) / (answered - asked));
    // After the window in which the room gathers frames.
    await sleep(100);
  }
  listener.close();
  const { median, low, high } = spread(ratios.slice(5));
  /** @type {Row} */
  const row = {
    number: '5',
    name: 'write → frame elsewhere ÷ write → answer',
    value: median,
    note: '35 writes one by one, through the edge',
  };
  return [{ ...row, range: /** @type {[number, number]} */ ([low, high]), bar: { most: 1.2 } }];
}

/** @param {Bench} bench */
async function broadcast(bench) {
  const rows = [];
  for (const count of CROWDS) {
    const label = count.toLocaleString('en');
    const ours = await ourRoom(bench, count);
    const theirs = await theirRoom(bench, count);
    const measured = await pairs(PAIRS, ours.send, theirs.send);
    for (const { close } of [...ours.listeners, ...theirs.listeners]) close();
    const { median, low, high } = spread(measured.map((p) => p.ours / p.theirs));
    rows.push({
      number: count === 1000 ? '6' : '6b',
      name: `broadcast to ${label} sockets, last frame ÷ JS object`,
      value: median,
      range: /** @type {[number, number]} */ ([low, high]),
      bar: { most: 1.05 },
      note: `${sides(measured, (ms) => ms, 0)} ms`,
    });
  }
  return rows;
}

/**
 * An organization's room with many sockets. It broadcasts changes that no request made.
 * @param {Bench} bench
 * @param {number} count
 */
async function ourRoom({ runtime, origins, newPerson }, count) {
  const handle = `crowd-${count}`;
  const person = await newPerson(handle);
  const listeners = await openMany(count, () => openSocket(socketOf(origins.api, handle, person)));
  let seq = 0;
  const send = async () => {
    const { organization } = person;
    const pokes = [
      {
        seq: ++seq,
        keys: [
          ['items', organization],
          ['spaces', organization],
        ],
      },
    ];
    const body = JSON.stringify({ organization_id: organization, news: { pokes } });
    // After the window in which the room gathers frames.
    await sleep(100);
    return lastFrame(listeners, () =>
      runtime.broadcast({ room: 'ours', name: organization, body }),
    );
  };
  return { listeners, send };
}

/**
 * @param {Bench} bench
 * @param {number} count
 */
async function theirRoom({ runtime, origins }, count) {
  const path = `/crowd-${count}`;
  const listeners = await openMany(count, () => openSocket({ origin: origins.room, path }));
  const id = `org_${'0'.repeat(26)}`;
  const invalidateInfo = {
    type: 'QUERY_KEY',
    queryKeys: [
      ['items', id],
      ['spaces', id],
    ],
  };
  const body = JSON.stringify({ type: 'INVALIDATE', seq: 1, invalidateInfo });
  const send = async () => {
    await sleep(100);
    return lastFrame(listeners, () => runtime.broadcast({ room: 'theirs', name: path, body }));
  };
  return { listeners, send };
}

/**
 * Milliseconds until the last listener has received a frame.
 * @param {Listener[]} listeners
 * @param {() => Promise<void>} send
 */
async function lastFrame(listeners, send) {
  let left = listeners.length;
  const heard = new Promise((resolve) => {
    for (const { listen } of listeners) {
      listen(() => {
        if (--left === 0) resolve(performance.now());
      });
    }
  });
  const sent = performance.now();
  await send();
  return Number(await heard) - sent;
}

/** @param {Bench} bench */
async function frames({ origins, newPerson }) {
  const [sockets, writes, perSecond] = [20, 500, 100];
  const person = await newPerson('busy');
  await ask(origins.api, person, 'POST', '/api/organizations/busy/spaces', {
    title: 'Board',
    slug: 'board',
  });
  const listeners = await openMany(sockets, () =>
    openSocket(socketOf(origins.api, 'busy', person)),
  );
  await sleep(200);
  let heard = 0;
  for (const { listen } of listeners) {
    listen(() => {
      heard++;
    });
  }
  const started = performance.now();
  const running = [];
  for (let i = 0; i < writes; i++) {
    await sleep(started + (i * 1000) / perSecond - performance.now());
    const path = '/api/organizations/busy/spaces/board/items';
    running.push(ask(origins.api, person, 'POST', path, card(`Card ${i}`)));
  }
  await Promise.all(running);
  const rate = writes / ((performance.now() - started) / 1000);
  await sleep(500);
  for (const { close } of listeners) close();
  return [
    {
      number: '7',
      name: 'frames ÷ (mutations × sockets)',
      value: heard / (writes * sockets),
      bar: { most: 0.2 },
      note: `${writes} writes at ${rate.toFixed(0)}/s, ${sockets} sockets`,
    },
  ];
}

/** @param {Bench} bench */
async function publicPage({ origins }) {
  const response = await fetch(`${origins.edge}/@${HANDLE}`, { headers: { accept: 'text/html' } });
  const html = Buffer.from(await response.arrayBuffer());
  const head = [...response.headers].reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    0,
  );
  const body = gzipSync(html, { level: 6 }).length;
  return [
    {
      number: '8',
      name: 'public page, first response, gzip',
      value: body + head,
      unit: 'B',
      bar: { most: 14_600 },
      note: `body ${body} of ${html.length} B, headers about ${head} B`,
    },
  ];
}

/** @param {Bench} bench */
async function cachedPage({ origins }) {
  const path = `/@${HANDLE}`;
  const cold = { origin: origins.pages, path };
  const hot = { origin: origins.edge, path };
  const etag = (await fetch(origins.edge + path)).headers.get('etag') ?? '';
  const known = { ...hot, headers: { 'if-none-match': etag }, status: 304 };
  const few = { requests: 600, concurrency: 32 };
  const rows = [];
  for (const [number, target, name] of /** @type {[string, Target, string][]} */ ([
    ['9', hot, 'public page, cached ÷ cold, requests/s'],
    ['9b', known, 'public page, 304 ÷ cold, requests/s'],
  ])) {
    const measured = await pairs(
      PAIRS,
      () => load(target, KILO),
      () => load(cold, few),
    );
    rows.push({ ...perSecond(number, name, measured), bar: { least: 5 } });
  }
  return rows;
}

/** @param {Bench} _ */
async function shell(_) {
  const dist = join(root, 'site/shell/dist');
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) =>
    String(match[1]),
  );
  const sizes = files.map((file) => gzipSync(readFileSync(join(dist, file))).length);
  return [
    {
      number: '10',
      name: 'shell, first-load JS, gzip',
      value: sizes.reduce((a, b) => a + b, 0) / 1000,
      unit: 'kB',
      bar: { most: 140 },
      note: `${files.length} files that index.html names`,
    },
  ];
}

/** @param {Bench} bench */
async function edge({ origins }) {
  const measured = await pairs(
    PAIRS,
    () => load({ origin: origins.edge, path: PROVIDERS }, KILO),
    () => load({ origin: origins.plainEdge, path: PROVIDERS }, KILO),
  );
  const name = 'through the edge ÷ through one of one line of JavaScript, requests/s';
  return [{ ...perSecond('11', name, measured), bar: { least: 0.95 } }];
}

/** @param {Bench} _ */
async function wasm(_) {
  return WORKERS.map((worker, i) => ({
    number: ['12', '12a', '12b', '12c'][i] ?? '12',
    name: `${worker} wasm, gzip`,
    value:
      gzipSync(readFileSync(join(outputDir('release', worker), 'index_bg.wasm'))).length / 1000,
    unit: 'kB',
    bar: { most: WASM_LIMIT / 1000 },
    note: 'release build',
  }));
}

/** @param {Bench} _ */
async function isolates(_) {
  const folder = await mkdtemp(join(tmpdir(), 'prox-bench-'));
  try {
    const nowhere = 'postgres://nobody:none@127.0.0.1:1/none';
    const [, ours] = ourWorkers(nowhere, 'http://localhost');
    const [theirs] = await baselineWorkers(nowhere, folder);
    if (!ours || !theirs) throw new Error('a worker of the figure is missing');
    const times = await loadTimes(STARTS, ours, theirs);
    const { median, low, high } = times.ratio;
    return [
      {
        number: '14',
        name: 'load of a fresh isolate ÷ Hono + pg',
        value: median,
        range: /** @type {[number, number]} */ ([low, high]),
        bar: { most: 1.3 },
        note: `${times.ours.toFixed(0)} against ${times.theirs.toFixed(0)} ms, ${STARTS} starts`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Fails when the responses differ: the side that sends less would look faster.
 * @param {import('./runtime.mjs').Origins} origins
 * @param {Person} person
 * @param {string} path
 */
async function expectAlike(origins, person, path) {
  const ours = await ask(origins.api, person, 'GET', path);
  for (const side of /** @type {const} */ (['pg', 'postgres'])) {
    deepStrictEqual(await ask(origins[side], person, 'GET', path), ours);
  }
}

/**
 * @param {string} number
 * @param {string} name
 * @param {{ ours: Sample, theirs: Sample }[]} measured
 * @returns {Row}
 */
function perSecond(number, name, measured) {
  const { median, low, high } = spread(measured.map((p) => p.ours.perSecond / p.theirs.perSecond));
  const note = `${sides(measured, (sample) => sample.perSecond, 0)} requests/s`;
  return { number, name, value: median, range: [low, high], note };
}

/**
 * Both sides' medians.
 * @template T
 * @param {{ ours: T, theirs: T }[]} measured
 * @param {(side: T) => number} of
 * @param {number} digits
 */
function sides(measured, of, digits) {
  const ours = spread(measured.map((p) => of(p.ours))).median.toFixed(digits);
  const theirs = spread(measured.map((p) => of(p.theirs))).median.toFixed(digits);
  return `${ours} against ${theirs}`;
}

/**
 * @param {string} origin
 * @param {string} organization
 * @param {Person} person
 */
function socketOf(origin, organization, { headers }) {
  return { origin, path: `/api/organizations/${organization}/socket`, headers };
}

/** @param {string} title */
function card(title) {
  return { kind: 'card', title, body: 'A line of text.' };
}

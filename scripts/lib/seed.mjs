// Fills a new installation with a demo organization and its public home, through the HTTP API like any
// client. Existing data is not changed.
//
//   node scripts/lib/seed.mjs http://localhost:8787

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, Problem } from './cli.mjs';
import { root } from './paths.mjs';

const EMAIL = 'ada@example.com';
const FIXTURE = join(root, 'crates', 'platform', 'pages', 'fixtures', 'demo_home.json');

/**
 * The looks of items on the desktop, by title: public pages have none of their own.
 * @type {Record<string, { size: string, color: string, icon?: string }>}
 */
const LOOKS = {
  'This season': { size: 'wide', color: '#2f6f5e', icon: 'glyph:compass' },
  Footpath: { size: 'card', color: '#2e7d32', icon: 'glyph:map' },
  'Notes from the field': { size: 'row', color: '#8a5a2b', icon: 'glyph:notebook-pen' },
  'Bench count': { size: 'row', color: '#c2410c', icon: 'glyph:map-pin' },
  'Talk: The map is a promise': { size: 'card', color: '#7c3aed', icon: 'glyph:mic' },
  OpenStreetMap: { size: 'icon', color: '#7ebc6f' },
  'geojson.io': { size: 'icon', color: '#34495e', icon: 'glyph:code' },
  MapLibre: { size: 'icon', color: '#295daa', icon: 'glyph:globe' },
  'Overpass turbo': { size: 'icon', color: '#e05a00', icon: 'glyph:search' },
  'The Image of the City': { size: 'row', color: '#475569' },
  'How to Lie with Maps': { size: 'row', color: '#b91c1c', icon: 'glyph:book-open' },
  'On drawing rivers': { size: 'tall', color: '#0e7490', icon: 'glyph:waves' },
};

/**
 * The widgets of the desktop, which public pages leave out, by the number of items before each. The health
 * of links is not among them: the links of the demo lead nowhere.
 */
const WIDGETS = [
  {
    before: 1,
    item: {
      kind: 'widget',
      widget: 'clock',
      title: 'Clock',
      body: 'Europe/Berlin\nAmerica/New_York\nAsia/Tokyo',
      size: 'card',
      color: '#4f52c4',
    },
  },
  {
    before: 5,
    item: {
      kind: 'widget',
      widget: 'events',
      title: 'Recent events',
      size: 'wide',
      color: '#2563a8',
    },
  },
];

/** What the widget of events shows. */
const EVENTS = [
  { type: 'survey.finished', text: 'Bench count: 41 benches on the east bank' },
  { type: 'route.published', text: 'Footpath: the harbour round is 6.2 km now' },
  { type: 'note.added', text: 'Bring the long tape on Thursday' },
];

/** What the window of datasets shows. */
const BENCHES = {
  name: 'Benches of the east bank',
  notes: 'Counted on foot, for the bench map.',
  columns: [
    { name: 'Place' },
    { name: 'Counted', type: 'date' },
    { name: 'Benches', type: 'integer' },
    { name: 'In the shade', type: 'boolean' },
    { name: 'Metres of bank', type: 'number', format: { grouping: true, unit: 'm' } },
  ],
};
const COUNTED = [
  ['Customs quay', '2026-04-11', 9, false, 620],
  ['Fish stairs', '2026-04-11', 4, true, 180.5],
  ['Lime avenue', '2026-04-18', 12, true, 1140],
  ['North lock', '2026-04-25', 3, false, 260],
  ['Old ferry landing', '2026-05-02', 7, null, 415.5],
  ['Poplar island', '2026-05-09', 6, true, 980],
];

/** @typedef {{ id: string, kind: string, title: string, description: string, url: string | null,
 *   body: string, icon: string | null, tags: string[], mode: string, folder_id: string | null }} Item */

/**
 * Signs the demo's user in and fills their home.
 * @param {string} origin
 * @returns {Promise<{ added: number, handle: string }>} how many items were added, and the handle of the home
 */
export async function seed(origin) {
  const demo = readDemo();
  return fillHome(await signIn(origin, demo.organization.name), demo);
}

function readDemo() {
  if (!existsSync(FIXTURE)) throw new Problem(`${FIXTURE} is missing. Get it back with git.`);
  return JSON.parse(readFileSync(FIXTURE, 'utf8'));
}

/**
 * Adds the demo to the home of the signed-in user, and publishes it.
 * @param {Api} api
 * @returns {Promise<{ added: number, handle: string }>}
 */
export async function fillHome(api, demo = readDemo()) {
  const { handle } = await api('GET', '/api/me');
  const spaces = `/api/organizations/${handle}/spaces`;
  const { items: existing } = await api('GET', spaces);
  const { title, description } = demo;
  const home =
    existing.find((/** @type {{ slug: string }} */ space) => space.slug === 'home') ??
    (await api('POST', spaces, { title, description, slug: 'home' }));
  const added = await addItems(api, `${spaces}/${home.id}/items`, withWidgets(demo.items));
  await addEvents(api, handle);
  await addDataset(api, handle);
  if (home.accent === null && home.cover === null) {
    await api('PATCH', `${spaces}/${home.id}`, { accent: 145, cover: 'art:dunes' });
  }
  if (home.visibility === 'private') {
    await api('POST', `${spaces}/${home.id}/publish`, { audience: 'public' });
  }
  return { added, handle };
}

/**
 * @param {Api} api
 * @param {string} path
 * @param {Item[]} wanted in order; items of a folder after it
 */
async function addItems(api, path, wanted) {
  const { items: existing } = await api('GET', `${path}?limit=200`);
  /** @type {Map<string, string>} from the fixture's folder ids to the real ones */
  const folders = new Map();
  /** @type {Map<string, string>} the last item of each folder */
  const last = new Map();
  let added = 0;
  for (const item of wanted) {
    const found = existing.find(
      (/** @type {Item} */ one) => one.kind === item.kind && one.title === item.title,
    );
    const folder = item.folder_id ? folders.get(item.folder_id) : undefined;
    const place = folder ? { folder_id: folder, after: last.get(folder) ?? null } : undefined;
    const { id } = found ?? (await api('POST', path, { ...contentOf(item), place }));
    if (item.kind === 'folder') folders.set(item.id, id);
    if (folder) last.set(folder, id);
    if (!found) added++;
  }
  return added;
}

/** @param {any} item of the fixture, or a widget */
function contentOf({ kind, widget, title, description, url, body, icon, tags, mode, size, color }) {
  const look = LOOKS[title] ?? { size, color };
  return { kind, widget, title, description, url, body, icon, tags, mode, ...look };
}

/** @param {Item[]} items */
function withWidgets(items) {
  /** @type {any[]} */
  const all = [...items];
  for (const { before, item } of WIDGETS.toReversed()) all.splice(before, 0, item);
  return all;
}

/**
 * Records the events of the demo. Their external ids make each of them one, however often it is sent.
 * @param {Api} api
 * @param {string} handle
 */
async function addEvents(api, handle) {
  const { items: instances } = await api('GET', `/api/organizations/${handle}/instances`);
  if (instances.length === 0) return;
  const path = `/api/organizations/${handle}/instances/${instances[0].id}/events`;
  for (const [at, { type, text }] of EVENTS.entries()) {
    await api('POST', path, { type, external_id: `demo-${at}`, payload: { text } });
  }
}

/**
 * @param {Api} api
 * @param {string} handle
 */
async function addDataset(api, handle) {
  const datasets = `/api/organizations/${handle}/datasets`;
  const { items } = await api('GET', datasets);
  if (items.length > 0) return;
  const { id } = await api('POST', datasets, BENCHES);
  for (const counted of COUNTED) {
    const values = BENCHES.columns.map(({ name }, at) => [name, counted[at]]);
    await api('POST', `${datasets}/${id}/rows`, { values: Object.fromEntries(values) });
  }
}

/** @typedef {(method: string, path: string, body?: unknown) => Promise<any>} Api */

/**
 * Signs in by the development sign-in. Returns a function that calls the API as this user.
 * @param {string} origin
 * @param {string} name
 * @returns {Promise<Api>}
 */
async function signIn(origin, name) {
  const response = await call(origin, 'POST', '/api/auth/dev', '', { email: EMAIL, name });
  const cookie = response.headers.getSetCookie().map((set) => set.split(';')[0]);
  return async (method, path, body) => {
    const answer = await call(origin, method, path, cookie.join('; '), body);
    return answer.status === 204 ? undefined : answer.json();
  };
}

/**
 * @param {string} origin
 * @param {string} method
 * @param {string} path
 * @param {string} cookie
 * @param {unknown} [body]
 */
async function call(origin, method, path, cookie, body) {
  const headers = { origin, ...(cookie && { cookie }), 'content-type': 'application/json' };
  const init =
    body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(origin + path, init);
  if (response.ok) return response;
  throw new Problem(
    `The demo could not be made: ${method} ${path} answered ${response.status}: ${await response.text()}`,
  );
}

command(import.meta.url, async ([origin]) => {
  if (!origin)
    throw new Problem('Say where it runs: node scripts/lib/seed.mjs http://localhost:8787');
  const { added, handle } = await seed(origin);
  console.log(`${added} items added to ${origin}/@${handle}`);
});

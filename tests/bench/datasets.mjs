// The figures of datasets: an import beside Postgres' own COPY, and the first page of a large dataset.

import pg from 'pg';
import postgres from 'postgres';
import { ask, HANDLE } from './data.mjs';
import { pairs, spread } from './pairs.mjs';

const ROWS = 100_000;
const PAIRS = 3;
const PAGES = 60;
const CITIES = ['Rome', 'Oslo', 'Bern', 'Paris', 'Wien', 'Praha', 'Sofia', 'Riga'];

/** A file of 100,000 rows and 10 MB, without its header. */
function rows() {
  const lines = [];
  for (let n = 0; n < ROWS; n++) {
    const day = String((n % 28) + 1).padStart(2, '0');
    const month = String((n % 12) + 1).padStart(2, '0');
    const cents = String((n * 7919) % 100_000_00);
    lines.push(
      `${n},Customer number ${n},${CITIES[n % CITIES.length]},${cents.slice(0, -2) || '0'}.${cents.slice(-2).padStart(2, '1')},` +
        `2024-${month}-${day},2024-${month}-${day}T10:30:${String(n % 60).padStart(2, '0')}Z,${n % 3 === 0},a short note`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const HEADER = 'id,name,city,amount,day,at,paid,note\n';
const TABLE = `create table plain (id bigint primary key, name text, city text, amount numeric, day date,
  at timestamptz, paid boolean, note text)`;

/**
 * Imports the file as a client does; gives milliseconds from the upload until the rows are in a dataset.
 * @param {string} origin
 * @param {import('./data.mjs').Person} person
 * @param {string} file
 */
async function importFile(origin, person, file) {
  const imports = `/api/organizations/${HANDLE}/imports`;
  const began = performance.now();
  const response = await fetch(`${origin}${imports}?file_name=orders.csv`, {
    method: 'POST',
    headers: { ...person.headers, 'content-type': 'text/csv' },
    body: HEADER + file,
  });
  if (!response.ok) throw new Error(`the upload was answered with ${response.status}`);
  const { id } = /** @type {{ id: string }} */ (await response.json());
  const until = async (/** @type {string} */ state) => {
    for (;;) {
      const now = /** @type {{ state: string, problem: string | null, dataset_id: string }} */ (
        await ask(origin, person, 'GET', `${imports}/${id}`)
      );
      if (now.state === state) return now;
      if (now.state === 'failed') throw new Error(`the import failed: ${now.problem}`);
    }
  };
  await until('review');
  await ask(origin, person, 'POST', `${imports}/${id}/store`);
  const { dataset_id: dataset } = await until('done');
  return { ms: performance.now() - began, dataset };
}

/**
 * @param {string} databaseUrl
 * @param {string} file
 */
async function copyFile(databaseUrl, file) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`drop table if exists plain; ${TABLE}`);
    const began = performance.now();
    const stream = await sql`copy plain from stdin with (format csv)`.writable();
    await new Promise((resolve, reject) => {
      stream.on('finish', resolve).on('error', reject);
      stream.end(file);
    });
    return performance.now() - began;
  } finally {
    await sql.end();
  }
}

/**
 * Milliseconds that Postgres works for the first page in different orders with a condition, sorted.
 * @param {string} databaseUrl
 * @param {string} dataset
 */
async function pageTimes(databaseUrl, dataset) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('analyze dataset_row');
    const times = [];
    for (let n = 0; n < PAGES; n++) {
      const column = ['amount', 'name', 'at', 'city'][n % 4];
      const sort = JSON.stringify([{ column, desc: n % 2 === 0 }]);
      const filter = JSON.stringify([
        { column: 'city', op: '!=', value: CITIES[n % CITIES.length] },
      ]);
      const { rows: found } = await client.query(
        `explain (analyze, timing off, format json) select p.* from dataset d,
           dataset_page(d.rows_number, d.columns, '${sort}', '${filter}', null, null, 101) p where d.id = '${dataset}'`,
      );
      times.push(Number(found[0]['QUERY PLAN'][0]['Execution Time']));
    }
    return times.sort((a, b) => a - b);
  } finally {
    await client.end();
  }
}

/**
 * @param {import('./figures.mjs').Bench} bench
 * @returns {Promise<import('./figures.mjs').Row[]>}
 */
export async function datasets({ runtime, origins, person, databaseUrl }) {
  const file = rows();
  await runtime.setProxy({ delay: 0, startup: false });
  let dataset = '';
  const measured = await pairs(
    PAIRS,
    async () => {
      const done = await importFile(origins.api, person, file);
      dataset = done.dataset;
      return done.ms;
    },
    () => copyFile(databaseUrl, file),
  );
  const { median, low, high } = spread(measured.map((pair) => pair.ours / pair.theirs));
  const ms = (/** @type {'ours' | 'theirs'} */ side) =>
    spread(measured.map((pair) => pair[side])).median.toFixed(0);
  const times = await pageTimes(databaseUrl, dataset);
  const at = (/** @type {number} */ share) =>
    times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? Number.NaN;
  const size = ((HEADER.length + file.length) / 1e6).toFixed(1);
  return [
    {
      number: '16',
      name: 'import of 100,000 rows ÷ COPY of the same rows',
      value: median,
      range: [low, high],
      bar: { most: 3 },
      note: `${ms('ours')} against ${ms('theirs')} ms, ${size} MB, from the upload until the rows are there`,
    },
    {
      number: '16a',
      name: 'first page of 100,000 rows, sorted and filtered, p95 of database time',
      value: at(0.95),
      unit: 'ms',
      bar: { most: 40 },
      note: `p50 / p95 / max ${[0.5, 0.95, 1].map((share) => at(share).toFixed(1)).join(' / ')} ms, ${PAGES} pages`,
    },
  ];
}

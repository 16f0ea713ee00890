// The figures of search, from a native program: its data is filled by the same code as the workers', and the
// time is measured at a proxy in front of Postgres.

import { execFileSync } from 'node:child_process';
import { root } from '../../scripts/lib/paths.mjs';

/** @typedef {{ p50: number, p95: number, max: number }} Times in milliseconds */
/**
 * @typedef {object} Measured
 * @property {Times} ours
 * @property {Times} theirs
 * @property {number} queries
 * @property {number} found queries with a result
 * @property {number} visible entries that a caller sees, the median
 * @property {number} visible_most
 */

/**
 * @param {string} serverUrl a server on which databases may be created
 * @returns {import('./figures.mjs').Row[]}
 */
export function searchFigures(serverUrl) {
  const args = ['run', '--quiet', '-p', 'prox-testing', '--example', 'measure_search'];
  const output = execFileSync('cargo', args, {
    cwd: root,
    env: { ...process.env, DATABASE_URL: serverUrl },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** @type {Measured} */
  const { ours, theirs, queries, found, visible, visible_most } = JSON.parse(
    output.trim().split('\n').at(-1) ?? '',
  );
  const all = (/** @type {Times} */ { p50, p95, max }) =>
    [p50, p95, max].map((ms) => ms.toFixed(1)).join(' / ');
  return [
    {
      number: '15',
      name: 'search, p95 of database time, word_similarity ÷ ours',
      value: theirs.p95 / ours.p95,
      bar: { least: 3 },
      note: `p50 / p95 / max ${all(ours)} against ${all(theirs)} ms`,
    },
    {
      number: '15b',
      name: 'search, p95 of database time',
      value: ours.p95,
      unit: 'ms',
      bar: { most: 25 },
      note: `${queries} queries, ${found} with results; callers see ${visible} entries at the median, up to ${visible_most}`,
    },
  ];
}

// Measures the release workers beside the TypeScript baseline, `prox` beside nginx, and search beside
// word_similarity (tests/bench), and writes docs/benchmarks.md.
//
//   ./scripts/bench [--only 1,4,prox,search,shell] [--no-write]
//
// --only measures only these figures and writes nothing; `prox` means those of the native program,
// `search` those of search, which need no built workers, `shell` those of dragging a window and of the start page.
// TEST_DATABASE_URL, when set, is used instead of the embedded Postgres: a role that may create databases.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { createDatabase, createPerson, fill, HANDLE } from '../../tests/bench/data.mjs';
import { shellFigures } from '../../tests/bench/drag.mjs';
import { FIGURES } from '../../tests/bench/figures.mjs';
import { proxFigures, requirePrograms } from '../../tests/bench/prox.mjs';
import { holds, markdown, table } from '../../tests/bench/report.mjs';
import { startRuntime } from '../../tests/bench/runtime.mjs';
import { searchFigures } from '../../tests/bench/search.mjs';
import { startFigures } from '../../tests/bench/start.mjs';
import { isBuilt, WORKERS } from './build.mjs';
import { command, Problem, parseArgs } from './cli.mjs';
import { root } from './paths.mjs';
import { startPostgres } from './postgres.mjs';
import { step } from './steps.mjs';

const REPORT = join(root, 'docs', 'benchmarks.md');

/** @typedef {(typeof FIGURES)[string][]} Figures */

/**
 * @param {string} serverUrl
 * @param {Figures} figures
 */
async function measure(serverUrl, figures) {
  const database = await createDatabase(serverUrl);
  try {
    const { calls, stop } = await step('workers', () => startRuntime(database.url));
    try {
      const origins = await calls.origins();
      const newPerson = (/** @type {string} */ handle) => createPerson(database.url, handle);
      const person = await newPerson(HANDLE);
      await step('data', () => fill(origins.api, person));
      await calls.setProxy({ delay: 5, startup: false });
      const bench = { runtime: calls, origins, databaseUrl: database.url, person, newPerson };
      const rows = [];
      for (const figure of figures) {
        rows.push(...(await step(figure.name, () => figure(bench))));
      }
      return rows;
    } finally {
      await stop();
    }
  } finally {
    await database.drop();
  }
}

function machine() {
  const version = (/** @type {string} */ name) =>
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  });
  const names = ['workerd', 'miniflare', 'hono', 'pg', 'postgres', 'undici'];
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit.trim()}`,
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB memory, ${process.platform} ${process.arch}`,
    `Node ${process.versions.node}, Postgres 17, ${names.map((name) => `${name} ${version(name)}`).join(', ')}`,
  ];
}

/** @param {string} text */
function intoReport(text) {
  const [begin, end] = ['<!-- figures -->', '<!-- /figures -->'];
  const report = readFileSync(REPORT, 'utf8');
  const [before, rest] = report.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Problem(`${REPORT} has lost its marks ${begin} and ${end}.`);
  writeFileSync(REPORT, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}

/**
 * Measures on a server for tests.
 * @template T
 * @param {(serverUrl: string) => T | Promise<T>} figures
 */
async function onServer(figures) {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? { url: given, program: undefined } : await startPostgres('test');
  try {
    return await figures(server.url);
  } finally {
    await server.program?.stop();
  }
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { only: 'value', 'no-write': 'flag' });
  const wanted = options.only?.split(',');
  const names = [...Object.keys(FIGURES), 'prox', 'search', 'shell'];
  const unknown = wanted?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Problem(`--only takes ${names.join(', ')}, not ${unknown.join(', ')}.`);
  const figures = Object.entries(FIGURES)
    .filter(([number]) => !wanted || wanted.includes(number))
    .map(([, figure]) => figure);
  const native = !wanted || wanted.includes('prox');
  const search = !wanted || wanted.includes('search');
  const shell = !wanted || wanted.includes('shell');
  if (native) await requirePrograms();
  if (shell && !existsSync(join(root, 'site/shell/dist/index.html')))
    throw new Problem('site/shell is not built. Run `npm run build -w site/shell` first.');
  for (const worker of figures.length > 0 ? WORKERS : []) {
    if (!isBuilt('release', worker))
      throw new Problem(
        `crates/platform/${worker} is not built as it is now. Run ./scripts/build first.`,
      );
  }
  const rows = [
    ...(figures.length > 0 ? await onServer((url) => measure(url, figures)) : []),
    ...(native ? await step('prox', proxFigures) : []),
    ...(search ? await step('search', () => onServer(searchFigures)) : []),
    ...(shell ? await step('shell', () => onServer(shellFigures)) : []),
    ...(shell ? await step('start', () => onServer(startFigures)) : []),
  ];
  console.log(`\n${table(rows)}\n`);
  if (!wanted && !options['no-write']) {
    intoReport([...machine().map((line) => `- ${line}`), '', markdown(rows)].join('\n'));
  }
  const missed = rows.filter((row) => !holds(row)).map((row) => row.number);
  if (missed.length > 0) console.log(`Bars not reached: ${missed.join(', ')}`);
});

// The figures of `prox` as a supervisor, beside `concurrently` from npm, which runs the same commands
// and prints the same lines: `./scripts/bench --only prox`.

import { execFile, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../../scripts/lib/paths.mjs';
import { pairs, spread } from './pairs.mjs';

/** @typedef {import('./figures.mjs').Row} Row */

const run = promisify(execFile);
const STARTS = 21;
const MANY = 20;
const WRITERS = 10;
/** Of each writer. */
const LINES = 200_000;
const WRITE = `yes "a line as long as the lines that a server writes for each request" | head -n ${LINES}`;

/**
 * @param {string} program
 * @returns {Promise<Row[]>}
 */
export async function supervisorFigures(program) {
  return [
    await startTime(program),
    await size(program),
    await memory(program),
    ...(await flood(program)),
  ];
}

/** @param {string} program */
async function startTime(program) {
  const times = [];
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now();
    await run(program, ['help']);
    times.push(performance.now() - began);
  }
  const { median, low, high } = spread(times);
  return row('13', 'prox, start to usage', median, 'ms', 50, `${STARTS} starts`, [low, high]);
}

/**
 * What does not depend on how busy the machine is.
 * @param {string} program
 * @returns {Promise<Row[]>}
 */
export async function budgets(program) {
  const rows = [await size(program)];
  // Elsewhere it is told in other ways.
  if (process.platform === 'linux') rows.push(memoryRow(await residentWhenIdle(program)));
  return rows;
}

/** @param {string} program */
async function size(program) {
  const { size } = await stat(program);
  return row('13e', 'prox, size of the program', size / 1e6, 'MB', 13, 'profile prox, stripped');
}

/** @param {string} program */
async function memory(program) {
  const theirs = await memoryOfConcurrently();
  return memoryRow(await residentWhenIdle(program), `; concurrently ${theirs.toFixed(1)} MB`);
}

/**
 * @param {number} resident
 * @param {string} [beside]
 */
function memoryRow(resident, beside = '') {
  const note = `resident, ${MANY} idle processes${beside}`;
  return row('13f', 'prox, memory of the supervisor', resident, 'MB', 32, note);
}

/**
 * @param {string} program
 * @returns {Promise<number>} MB
 */
async function residentWhenIdle(program) {
  const processes = Object.fromEntries(named(MANY, 'sleep 1000000'));
  return inProject(program, { processes }, async (prox, child) => {
    for (let running = 0; running < MANY; ) {
      const { stdout } = await prox(['status', '--json']).catch((error) => error);
      running = (stdout || '').split('"running"').length - 1;
      await sleep(100);
    }
    return (await memoryOf(child.pid ?? 0, 'VmRSS')) / 1e6;
  });
}

async function memoryOfConcurrently() {
  const child = concurrently(MANY, 'sleep 1000000', 'ignore');
  try {
    for (let running = 0; running < MANY; ) {
      const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(child.pid)]).catch(
        (error) => error,
      );
      running = stdout.trim().split('\n').length;
      await sleep(100);
    }
    return (await memoryOf(child.pid ?? 0, 'VmRSS')) / 1e6;
  } finally {
    await end(child);
  }
}

/**
 * Ten processes that write as fast as they are read.
 * @param {string} program
 * @returns {Promise<Row[]>}
 */
async function flood(program) {
  let peak = 0;
  const measured = await pairs(
    3,
    async () => {
      const made = await floodProx(program);
      peak = Math.max(peak, made.peak);
      return made.rate;
    },
    floodConcurrently,
  );
  const ours = spread(measured.map((pair) => pair.ours));
  const theirs = spread(measured.map((pair) => pair.theirs));
  const what = `${WRITERS} processes, ${LINES} lines each, every one found in the files`;
  return [
    {
      number: '13g',
      name: 'prox, lines/s into the logs, in thousands',
      value: ours.median / 1000,
      range: [ours.low / 1000, ours.high / 1000],
      bar: { least: 100 },
      note: `${what}; concurrently to /dev/null ${(theirs.median / 1000).toFixed(0)}`,
    },
    {
      number: '13h',
      name: 'prox, most memory during 13g',
      value: peak,
      unit: 'MB',
      note: 'resident, of the supervisor',
    },
  ];
}

/** @param {string} program */
async function floodProx(program) {
  const tasks = Object.fromEntries(named(WRITERS, { cmd: WRITE, timeout: '5m' }));
  const logs = { max_size: '1GB' };
  return inProject(program, { tasks, logs }, async (_, child, folder) => {
    const began = performance.now();
    let peak = 0;
    // It ends by itself once all have ended.
    while (child.exitCode === null) {
      peak = (await memoryOf(child.pid ?? 0, 'VmHWM').catch(() => 0)) || peak;
      await sleep(10);
    }
    const seconds = (performance.now() - began) / 1000;
    const lines = await linesBelow(join(folder, 'logs'));
    const wanted = WRITERS * LINES;
    if (lines !== wanted) throw new Error(`${lines} of ${wanted} lines are in the logs`);
    return { rate: wanted / seconds, peak: peak / 1e6 };
  });
}

async function floodConcurrently() {
  const began = performance.now();
  const child = concurrently(WRITERS, WRITE, 'ignore');
  await new Promise((resolve) => child.once('exit', resolve));
  return (WRITERS * LINES) / ((performance.now() - began) / 1000);
}

/**
 * Lines that processes wrote, in all files of a folder.
 * @param {string} folder
 */
async function linesBelow(folder) {
  let count = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const input = createReadStream(join(entry.parentPath, entry.name));
    for await (const line of createInterface({ input })) if (line.includes(' out ')) count++;
  }
  return count;
}

/**
 * Runs a project in a folder of its own for as long as `work` takes.
 * @template T
 * @param {string} program
 * @param {{ logs?: object, processes?: object, tasks?: object }} project
 * @param {(prox: (args: string[]) => Promise<{ stdout: string }>,
 *   child: import('node:child_process').ChildProcess, folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function inProject(program, project, work) {
  const folder = await mkdtemp(join(tmpdir(), 'prox-bench-'));
  await mkdir(join(folder, 'logs'));
  const text = JSON.stringify({ ...project, logs: { dir: join(folder, 'logs'), ...project.logs } });
  // JSON is YAML.
  await writeFile(join(folder, 'prox.yaml'), text);
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  const options = { cwd: folder, env };
  const child = spawn(program, ['up', '--no-tui'], { ...options, stdio: 'ignore' });
  try {
    return await work((args) => run(program, args, options), child, folder);
  } finally {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {number} count
 * @param {string} command
 * @param {'ignore'} stdio
 */
function concurrently(count, command, stdio) {
  const bin = join(root, 'node_modules', '.bin', 'concurrently');
  return spawn(process.execPath, [bin, ...Array.from({ length: count }, () => command)], { stdio });
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/**
 * @template T
 * @param {number} count
 * @param {T} what
 * @returns {[string, T][]}
 */
function named(count, what) {
  return Array.from({ length: count }, (_, i) => [`p${i + 1}`, what]);
}

/**
 * @param {number} pid
 * @param {'VmRSS' | 'VmHWM'} which
 * @returns {Promise<number>} bytes
 */
async function memoryOf(pid, which) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) * 1024;
}

/**
 * @param {string} number
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {number} most
 * @param {string} note
 * @param {[number, number]} [range]
 * @returns {Row}
 */
function row(number, name, value, unit, most, note, range) {
  return { number, name, value, unit, bar: { most }, note, ...(range && { range }) };
}

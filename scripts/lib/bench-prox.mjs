// Measures the `prox` binary: size, start, memory, and how many log lines it keeps in a second.
//
//   ./scripts/bench-prox [--binary PATH]
//
// Without --binary it builds the release one first. Everything it writes is in a temporary folder.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { command, parseArgs } from './cli.mjs';
import { root } from './paths.mjs';

const PROCESSES = 10;
const LINES = 500_000;
const RUNS = 50;

/**
 * @param {string} binary
 * @param {string} yaml
 */
function project(binary, yaml) {
  const home = mkdtempSync(join(tmpdir(), 'bench-prox-'));
  const folder = join(home, 'project');
  mkdirSync(folder);
  writeFileSync(join(folder, 'prox.yaml'), yaml);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
  };
  const options = /** @type {const} */ ({ cwd: folder, env, encoding: 'utf8' });
  return {
    logs: join(home, 'logs'),
    /** @param {string[]} args */
    run: (...args) => execFileSync(binary, args, options),
    /** @param {string[]} args */
    attempt: (...args) => spawnSync(binary, args, options),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** @param {number} pid */
function residentMegabytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** @param {() => void} work */
function milliseconds(work) {
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const begin = performance.now();
    work();
    times.push(performance.now() - begin);
  }
  return median(times);
}

/**
 * Whether a process's file has its lines 1 to LINES, in order.
 * @param {string} file
 */
async function isComplete(file) {
  let expected = 1;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const number = /^\S+ \d+ out line (\d+) /.exec(line)?.[1];
    if (number === undefined) continue;
    if (Number(number) !== expected) return false;
    expected += 1;
  }
  return expected === LINES + 1;
}

/** @param {string} binary */
async function flood(binary) {
  const names = Array.from({ length: PROCESSES }, (_, index) => `p${index}`);
  const command = `seq -f 'line %.0f of a service that has a lot to say about each request' ${LINES}`;
  const yaml = [
    'logs: {dir: ../logs, max_size: 1GB}',
    'processes:',
    ...names.map((name) => `  ${name}: {cmd: "${command}; exec sleep 1000"}`),
  ].join('\n');
  const flooded = project(binary, yaml);
  try {
    const begin = performance.now();
    flooded.run('up', '-d');
    const { pid } = JSON.parse(flooded.run('status', '--json'));
    const memory = [];
    let lines = 0;
    while (lines < PROCESSES * LINES) {
      memory.push(residentMegabytes(pid));
      const [last] = flooded.run('logs', '-n', '1', '--json').trim().split('\n');
      // Each process also says that it was started.
      lines = JSON.parse(last ?? '{}').seq - PROCESSES;
      await wait(20);
    }
    const seconds = (performance.now() - begin) / 1000;
    flooded.run('down');
    const files = readdirSync(flooded.logs).filter((name) => name.startsWith('p'));
    const complete = await Promise.all(files.map((name) => isComplete(join(flooded.logs, name))));
    const half = memory.slice(memory.length / 2);
    return {
      'log lines per second, 10 processes': Math.round((PROCESSES * LINES) / seconds),
      'lines lost or out of order':
        complete.length >= PROCESSES && complete.every(Boolean) ? 'none' : 'SOME',
      'memory while flooded, MB (first half, second half)': `${Math.max(...memory.slice(0, memory.length / 2)).toFixed(1)}, ${Math.max(...half).toFixed(1)}`,
    };
  } finally {
    flooded.attempt('down');
    flooded.remove();
  }
}

/** @param {string} binary */
async function quiet(binary) {
  const names = Array.from({ length: 20 }, (_, index) => `  p${index}: exec sleep 1000`);
  const idle = project(binary, ['processes:', ...names].join('\n'));
  try {
    idle.run('up', '-d');
    const { pid } = JSON.parse(idle.run('status', '--json'));
    await wait(3000);
    return {
      'prox version, ms': milliseconds(() => idle.run('version')).toFixed(1),
      'prox status with 20 processes, ms': milliseconds(() => idle.run('status')).toFixed(1),
      'memory with 20 processes, MB': residentMegabytes(pid).toFixed(1),
    };
  } finally {
    idle.attempt('down');
    idle.remove();
  }
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { binary: 'value' });
  let binary = options.binary && resolve(options.binary);
  if (binary === undefined) {
    execFileSync('cargo', ['build', '--profile', 'prox', '-p', 'cli'], {
      cwd: root,
      stdio: 'inherit',
    });
    binary = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'prox', 'prox');
  }
  console.table({
    processors: cpus().length,
    'binary, MB': (statSync(binary).size / 1_000_000).toFixed(2),
    ...(await quiet(binary)),
    ...(await flood(binary)),
  });
});

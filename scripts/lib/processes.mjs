// Starts programs, each in a process group of its own, and stops those groups. Never stops by name.

import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskFull, Problem } from './cli.mjs';
import { register, unregister } from './process-reaper.mjs';

/**
 * @typedef {object} Started
 * @property {string} name
 * @property {number} pid also the id of its process group
 * @property {string} logFile
 * @property {Promise<string>} ended resolves with the reason when it ends: an exit code or a signal
 * @property {() => boolean} running
 * @property {() => boolean} stopped whether `stop` was called
 * @property {(grace?: number) => Promise<void>} stop
 */

/**
 * Starts a long-running program that writes to a log file.
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 * @param {{ logFile: string, cwd?: string, env?: NodeJS.ProcessEnv, uid?: number, gid?: number,
 *   signal?: NodeJS.Signals, outlive?: boolean }} options `signal` asks it to end (default: SIGTERM);
 *   with `outlive`, it runs on after this process
 * @returns {Started}
 */
export function start(name, program, args, options) {
  const log = openSync(options.logFile, 'w');
  const { cwd, env, uid, gid } = options;
  const child = spawn(program, args, {
    cwd,
    env,
    uid,
    gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let over = false;
  let stopped = false;
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(signal ? `signal ${signal}` : `exit code ${code}`),
    );
  }).then((how) => {
    over = true;
    if (child.pid && !options.outlive) unregister(child.pid);
    return /** @type {string} */ (how);
  });
  const pid = child.pid ?? 0;
  if (options.outlive) child.unref();
  else if (pid) register(pid, options.signal);
  return {
    name,
    pid,
    logFile: options.logFile,
    ended,
    running: () => !over,
    stopped: () => stopped,
    async stop(grace = 8000) {
      stopped = true;
      if (!over && pid) await stopGroup(pid, options.signal ?? 'SIGTERM', grace);
    },
  };
}

/**
 * Stops a process group: sends the signal, waits up to `grace` milliseconds, then kills. Members that
 * remain shortly after the end of the leader, mostly zombies, are killed, too.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @param {number} grace
 */
async function stopGroup(pid, signal, grace) {
  send(-pid, signal);
  const deadline = Date.now() + grace;
  while (isAlive(pid) && Date.now() < deadline) await sleep(25);
  if (isAlive(-pid)) await sleep(100);
  if (isAlive(-pid)) send(-pid, 'SIGKILL');
}

/**
 * Sends a signal. A process that has ended is not an error.
 * @param {number} pid negative for a process group
 * @param {NodeJS.Signals} signal
 */
export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

/**
 * Whether a process exists.
 * @param {number} pid negative for a process group
 * @returns {boolean}
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Runs a program to its end and returns its output. The error of a failure has the last lines of it.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, uid?: number, gid?: number,
 *   onLine?: (line: string) => void, keep?: number }} [options] `onLine` sees each line as it
 *   comes; `keep` is how many last lines a failure shows
 * @returns {Promise<string>}
 */
export function run(program, args, options = {}) {
  const { cwd, env, uid, gid, onLine, keep = 25 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...{ cwd, env, uid, gid },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid) register(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (!onLine) return;
        // A carriage return ends a line of progress, which the next line overwrites.
        const lines = (rest + text).split(/[\r\n]/);
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.trim()) onLine(line.trim());
      });
      stream.on('end', () => onLine && rest.trim() && onLine(rest.trim()));
    }
    child.once('error', (error) =>
      reject(new Problem(`${program} could not start: ${error.message}`)),
    );
    child.once('close', (code, signal) => {
      if (child.pid) unregister(child.pid);
      if (code === 0) return resolve(output);
      const what = [program, ...args].join(' ');
      reject(new Problem(failure(what, signal ?? `exit code ${code}`, output, keep)));
    });
  });
}

/**
 * @param {string} what
 * @param {string} how
 * @param {string} output
 * @param {number} keep lines
 */
function failure(what, how, output, keep) {
  if (/no space left on device/i.test(output)) return diskFull;
  return `\`${what}\` failed (${how}).\n${lastLines(output, keep)}`;
}

/**
 * @param {string} text
 * @param {number} count
 */
function lastLines(text, count) {
  const written = text.replaceAll('\r\n', '\n').replaceAll(/[^\n]*\r/g, '');
  const lines = written.trimEnd().split('\n').slice(-count);
  return lines.map((line) => `  | ${line}`).join('\n');
}

/**
 * The end of a log file, indented, for a message.
 * @param {string} file
 * @param {number} [count] lines
 */
export function logTail(file, count = 25) {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, 16_384));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return lastLines(buffer.toString('utf8'), count);
  } finally {
    closeSync(handle);
  }
}

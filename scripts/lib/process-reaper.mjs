// Stops the process groups of a command that was killed before it could stop them itself (SIGKILL, a
// closed terminal). Does nothing after a graceful stop.
//
// A second process reads from a pipe. The kernel closes the pipe when this process ends, in whatever
// way; then the second process stops the groups that are still registered. This works on Linux and
// macOS.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @type {import("node:child_process").ChildProcess | undefined} */
let reaper;

/**
 * Registers a process group to be stopped after this process.
 * @param {number} group
 * @param {NodeJS.Signals} [signal] that ends it
 */
export function register(group, signal = 'SIGTERM') {
  if (!reaper) {
    reaper = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    reaper.unref();
    /** @type {import("node:net").Socket} */ (reaper.stdin).unref();
    reaper.stdin?.on('error', () => {});
  }
  reaper.stdin?.write(`+${group} ${signal}\n`);
}

/**
 * Forgets a group that has ended.
 * @param {number} group
 */
export function unregister(group) {
  reaper?.stdin?.write(`-${group}\n`);
}

/** Runs in the second process. */
function reap() {
  /** @type {Map<number, string>} */
  const registered = new Map();
  let rest = '';
  process.stdin.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [group, signal = 'SIGTERM'] = line.slice(1).split(' ');
      if (line.startsWith('+')) registered.set(Number(group), signal);
      else registered.delete(Number(group));
    }
  });
  process.stdin.on('end', () => {
    for (const [group, signal] of registered) {
      if (!signalled(group, signal)) registered.delete(group);
    }
    if (registered.size > 0) setTimeout(() => kill(registered.keys()), 5000);
  });
}

/** @param {Iterable<number>} groups that ignored the signal to end */
function kill(groups) {
  for (const group of groups) signalled(group, 'SIGKILL');
}

/**
 * Sends a signal to a process group.
 * @param {number} group
 * @param {string} signal
 * @returns {boolean} false when the group has ended
 */
function signalled(group, signal) {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(name, () => {});
  reap();
}

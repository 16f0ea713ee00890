// Ends the process groups that a command holds when the command itself dies without a chance to
// (SIGKILL, a closed terminal). Does nothing after an orderly stop.
//
// A second process waits at the end of a pipe. The kernel closes the pipe however we end; then it
// ends the groups that are still held. That works alike on Linux and macOS.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @type {import("node:child_process").ChildProcess | undefined} */
let watcher;

/**
 * @param {number} group
 * @param {NodeJS.Signals} [signal] what asks it to end
 */
export function hold(group, signal = 'SIGTERM') {
  if (!watcher) {
    watcher = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watcher.unref();
    /** @type {import("node:net").Socket} */ (watcher.stdin).unref();
    watcher.stdin?.on('error', () => {});
  }
  watcher.stdin?.write(`+${group} ${signal}\n`);
}

/** @param {number} group */
export function release(group) {
  watcher?.stdin?.write(`-${group}\n`);
}

function watch() {
  /** @type {Map<number, string>} */
  const held = new Map();
  let rest = '';
  process.stdin.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [group, signal = 'SIGTERM'] = line.slice(1).split(' ');
      if (line.startsWith('+')) held.set(Number(group), signal);
      else held.delete(Number(group));
    }
  });
  process.stdin.on('end', () => {
    for (const [group, signal] of held) {
      if (!signalled(group, signal)) held.delete(group);
    }
    if (held.size > 0) setTimeout(() => kill(held.keys()), 5000);
  });
}

/** @param {Iterable<number>} groups */
function kill(groups) {
  for (const group of groups) signalled(group, 'SIGKILL');
}

/**
 * @param {number} group
 * @param {string} signal
 * @returns {boolean} false when it is already gone
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
  watch();
}

// A lock file that lets one process work at a time. A lock whose process has ended is taken over.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './cli.mjs';
import { isAlive } from './processes.mjs';

/**
 * Runs `work` while this process holds the lock.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ timeout?: number, refusal?: string }} [options] milliseconds to wait for another
 *   holder, and the error message when it still holds the lock then
 * @returns {Promise<T>}
 */
export async function withLock(file, work, options = {}) {
  const { timeout = 60_000, refusal = `Another process holds ${file}. Wait for it to end.` } =
    options;
  const deadline = Date.now() + timeout;
  while (!take(file)) {
    if (Date.now() >= deadline) throw new Problem(`${refusal} (process ${holder(file)})`);
    await sleep(50);
  }
  const drop = () => rmSync(file, { force: true });
  process.once('exit', drop);
  try {
    return await work();
  } finally {
    process.off('exit', drop);
    drop();
  }
}

/**
 * Creates the lock file, unless a running process holds it.
 * @param {string} file
 * @returns {boolean}
 */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    const pid = holder(file);
    if (!pid || isAlive(pid)) return false;
    rmSync(file, { force: true });
    return take(file);
  }
}

/**
 * The process that holds the lock.
 * @param {string} file
 * @returns {number} 0 while it is being written or removed
 */
function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

// One process at a time: a lock file that names its holder. A dead holder's lock is taken over.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './cli.mjs';
import { isAlive } from './processes.mjs';

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ patience?: number, refusal?: string }} [options] milliseconds to wait for another
 *   holder, and what to say when it stays
 * @returns {Promise<T>}
 */
export async function withLock(file, work, options = {}) {
  const { patience = 60_000, refusal = `Another process holds ${file}. Wait for it to end.` } =
    options;
  const deadline = Date.now() + patience;
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

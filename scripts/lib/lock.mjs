// One process at a time: a lock file that names its holder. A dead holder's lock is taken over.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './cli.mjs';
import { isAlive } from './processes.mjs';

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {number} [patience] milliseconds to wait for another holder
 * @returns {Promise<T>}
 */
export async function withLock(file, work, patience = 60_000) {
  const deadline = Date.now() + patience;
  while (!take(file)) {
    if (Date.now() > deadline) {
      throw new Problem(
        `Process ${holder(file)} holds ${file}. Wait for it to end, then run this again.`,
      );
    }
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    const pid = holder(file);
    if (pid && !isAlive(pid)) rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

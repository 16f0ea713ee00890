// Waits until a local address answers as it should.

import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './cli.mjs';
import { logTail } from './processes.mjs';

/**
 * @param {import('./processes.mjs').Started} program
 * @param {string} url
 * @param {number} [patience] milliseconds
 */
export async function untilHealthy(program, url, patience = 60_000) {
  const deadline = Date.now() + patience;
  let last = 'no answer';
  while (program.running() && Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      const body = await response.text();
      if (response.ok) return;
      last = `${response.status} ${body.slice(0, 300)}`;
    } catch (error) {
      last = String(/** @type {Error} */ (error).cause ?? error);
    }
    await sleep(50);
  }
  const state = program.running()
    ? `${url} is not healthy: ${last}`
    : `it ended (${await program.ended})`;
  throw new Problem(`${program.name} did not start; ${state}\n${logTail(program.logFile)}`);
}

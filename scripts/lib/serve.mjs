// Runs the local workers for prox.yaml. Uses Miniflare instead of `wrangler dev`, because it starts in
// under a second, has no proxy in front, and is used by the tests, too.

import { setTimeout as sleep } from 'node:timers/promises';
import { startWorkers } from '../../tests/harness/workers.mjs';
import { command, Problem } from './cli.mjs';
import { roomsDir, varsFile } from './paths.mjs';
import { developmentUrl } from './postgres.mjs';

/** Milliseconds between runs of the cron trigger. */
const SWEEP_EVERY = 60_000;
/** Milliseconds until the first answer, which compiles the worker and connects to the database. */
const STARTUP_TIMEOUT = 60_000;

/**
 * Prints the log of the workers, except for successful requests.
 * @param {string} message
 */
function log(message) {
  if (!/"status":[123]\d\d/.test(message)) console.log(message);
}

/**
 * Waits until the address answers.
 * @param {string} url
 */
async function healthy(url) {
  const deadline = Date.now() + STARTUP_TIMEOUT;
  for (;;) {
    const response = await fetch(url);
    if (response.ok) return;
    const problem = await response.text();
    if (Date.now() > deadline) throw new Problem(`${url} answers ${response.status}: ${problem}`);
    await sleep(100);
  }
}

command(import.meta.url, async () => {
  const { PORT, SHELL_PORT } = process.env;
  const workers = await startWorkers({
    databaseUrl: await developmentUrl(),
    port: Number(PORT ?? 8787),
    shellOrigin: `http://127.0.0.1:${SHELL_PORT ?? 5173}`,
    varsFile,
    persist: roomsDir,
    log,
  });
  await healthy(`${workers.origin}/api/health`);
  console.log('ready');
  // Miniflare does not run the cron trigger of wrangler.toml by itself.
  const sweep = setInterval(() => {
    workers.sweep().catch((error) => console.error('sweep failed:', error.message));
  }, SWEEP_EVERY);
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  clearInterval(sweep);
  await workers.stop();
});

// The local workers as a process of their own, so that they can be restarted and ended as a group.
// Runs the built workers through Miniflare rather than `wrangler dev`: it starts in under a second,
// has no proxy in the way, and is what the tests use.

import { startWorkers } from '../../tests/harness/workers.mjs';
import { command } from './cli.mjs';

const SWEEP_EVERY = 60_000;

// In the environment rather than an argument, because it carries the database's password.
command(import.meta.url, async () => {
  const workers = await startWorkers({
    ...JSON.parse(process.env.PROX_WORKERS ?? '{}'),
    log: (text) => process.stdout.write(text),
  });
  // The cron trigger of wrangler.toml, which nothing fires locally.
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

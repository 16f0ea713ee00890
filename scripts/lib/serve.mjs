// The local workers, as prox.yaml starts them. Runs the built workers through Miniflare rather than
// `wrangler dev`: it starts in under a second, has no proxy in the way, and is what the tests use.

import { startWorkers } from '../../tests/harness/workers.mjs';
import { command } from './cli.mjs';
import { roomsDir, varsFile } from './paths.mjs';
import { developmentUrl } from './postgres.mjs';

const SWEEP_EVERY = 60_000;

command(import.meta.url, async () => {
  const { PORT, SHELL_PORT } = process.env;
  const workers = await startWorkers({
    databaseUrl: await developmentUrl(),
    port: Number(PORT ?? 8787),
    shellOrigin: `http://127.0.0.1:${SHELL_PORT ?? 5173}`,
    varsFile,
    persist: roomsDir,
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

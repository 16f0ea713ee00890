// Setup for all browser tests: builds of the checkout, and a database server.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { startPostgres } from '../../../scripts/lib/postgres.mjs';
import { run } from '../../../scripts/lib/processes.mjs';

/** With `E2E_AS_BUILT`, uses the builds as they are. */
export default async function setup(): Promise<() => Promise<void>> {
  if (!process.env.E2E_AS_BUILT) {
    await run(join(root, 'scripts/build'), ['--dev'], { cwd: root });
    await run('npm', ['run', 'build', '--workspace', 'site/shell'], { cwd: root });
  } else if (!existsSync(join(root, 'site/shell/dist/index.html'))) {
    throw new Error('site/shell is not built. Run `npm run build -w site/shell` first.');
  }
  if (process.env.DATABASE_URL) return async () => {};
  const { url, program } = await startPostgres('test');
  process.env.DATABASE_URL = url;
  return async () => program?.stop();
}

// Bundles the baseline the way it would be deployed: wrangler's own esbuild, minified.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/processes.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * @param {'pg' | 'postgres' | 'room' | 'edge'} name of a file in src/
 * @param {string} folder where the bundle goes
 * @returns {Promise<string>} the bundle's file
 */
export async function bundle(name, folder) {
  const wrangler = join(root, 'node_modules', '.bin', 'wrangler');
  await run(
    wrangler,
    [
      'deploy',
      `src/${name}.ts`,
      '--dry-run',
      '--minify',
      '--outdir',
      folder,
      '--config',
      'wrangler.toml',
    ],
    { cwd: here, env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' } },
  );
  return join(folder, `${name}.js`);
}

// Builds the extension into `dist`, which a browser loads as an unpacked extension.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = new URL('./', import.meta.url);
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, here));

await rm(path('dist'), { recursive: true, force: true });
await mkdir(path('dist'));
await cp(path('public'), path('dist'), { recursive: true });
await build({
  entryPoints: ['background', 'new-tab', 'options'].map((name) => path(`src/${name}.ts`)),
  outdir: path('dist'),
  bundle: true,
  format: 'esm',
  target: 'chrome120',
});
const { version } = JSON.parse(await readFile(path('package.json'), 'utf8'));
const manifest = JSON.parse(await readFile(path('public/manifest.json'), 'utf8'));
await writeFile(path('dist/manifest.json'), JSON.stringify({ ...manifest, version }, null, 2));

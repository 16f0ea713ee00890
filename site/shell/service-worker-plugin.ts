import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { File } from './src/service-worker/versions.ts';

const ENTRY = 'src/service-worker/worker.ts';
const OUTPUT = 'sw.js';
/** What the page needs of the folder `public`. */
const PUBLIC = ['theme.js', 'early.js', 'favicon.svg', 'manifest.webmanifest'];

const digest = (content: string | Uint8Array) =>
  `sha256-${createHash('sha256').update(content).digest('base64')}`;

/** Builds the service worker, and tells it which files the shell consists of. */
export function serviceWorker(): Plugin {
  let publicDir = '';
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved: (config) => {
      publicDir = config.publicDir;
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: ENTRY, fileName: OUTPUT });
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[OUTPUT];
        const page = bundle['index.html'];
        if (worker?.type !== 'chunk' || page?.type !== 'asset') {
          this.error('the service worker needs a build with a page');
        }
        if (worker.imports.length > 0 || worker.exports.length > 0) {
          this.error('the service worker must not share code with the page');
        }
        const files: File[] = [
          ...PUBLIC.map((name) => ({
            path: `/${name}`,
            integrity: digest(readFileSync(join(publicDir, name))),
          })),
          ...Object.values(bundle)
            .filter(({ fileName }) => fileName.startsWith('assets/'))
            .map((file) => ({
              path: `/${file.fileName}`,
              integrity: digest(file.type === 'chunk' ? file.code : file.source),
            })),
          { path: '/' },
        ];
        const version = createHash('sha256').update(JSON.stringify(files)).update(page.source);
        worker.code = worker.code
          .replaceAll('__VERSION__', JSON.stringify(version.digest('hex').slice(0, 16)))
          .replaceAll('__FILES__', JSON.stringify(files));
      },
    },
  };
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { serviceWorker } from './service-worker-plugin.ts';

const port = Number(process.env.SHELL_PORT ?? 5173);

/** Where Vite's own modules live in development: its usual `/@vite/…` is somebody's public page. */
const DEV_BASE = '/~vite/';

/** Pages and public files keep their addresses, although everything of Vite's lies below its base. */
function pagesOutsideTheBase(): Plugin {
  return {
    name: 'pages-outside-the-base',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (request.url && !request.url.startsWith(DEV_BASE)) {
          request.url = DEV_BASE + request.url.slice(1);
        }
        next();
      });
    },
  };
}

/** What the API's own page at `/api/docs` loads: Scalar, as one file that nothing else here imports. */
function apiReference(): Plugin {
  const fileName = 'docs/scalar.js';
  // The package does not export its browser build; it lies beside the style sheet that it exports.
  const styles = createRequire(import.meta.url).resolve('@scalar/api-reference/style.css');
  const read = () => readFileSync(join(dirname(styles), 'browser', 'standalone.js'));
  return {
    name: 'api-reference',
    configureServer(server) {
      server.middlewares.use(`/${fileName}`, (_request, response) => {
        response.setHeader('content-type', 'text/javascript').end(read());
      });
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: read() });
    },
  };
}

type ChunkName = (
  id: string,
  graph: {
    getModuleInfo(id: string): { importedIds: readonly string[] } | null;
  },
) => string | null;

/** Names the chunk of the modules that the page imports without `import()`. */
function firstPage(): ChunkName {
  const entry = fileURLToPath(new URL('./src/app/main.tsx', import.meta.url));
  const found = new Set<string>();
  return (id, graph) => {
    for (const queue = found.size === 0 ? [entry] : []; queue.length > 0; ) {
      const next = queue.pop() ?? '';
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...(graph.getModuleInfo(next)?.importedIds ?? []));
    }
    // An index of a package names all of it; what is used of it comes with the modules that use it.
    return found.has(id) && !id.includes('node_modules') ? 'first' : null;
  };
}

/**
 * Icons that several later parts use: the first page names each file that those fetch, so they are one
 * file. Not those that people choose for their items, which are many and come when they are shown.
 */
function isSharedIcon(): (id: string) => boolean {
  const source = readFileSync(new URL('./src/shared/ui/glyphs.ts', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^ {2}([A-Z]\w*)/gm)].map(([, name = '']) =>
    name.replaceAll(/(?<=[a-z])(?=[A-Z\d])/g, '-').toLowerCase(),
  );
  const chosen = new Set(names);
  return (id) => {
    const [, icon] = /[\\/]lucide-react[\\/].*[\\/]icons[\\/]([\w-]+)\.m?js$/.exec(id) ?? [];
    return icon !== undefined && !chosen.has(icon);
  };
}

/** Changes whenever the API's answers may have another shape. */
function contractHash(): string {
  const contract = new URL('../../packages/api-client/src/schema.d.ts', import.meta.url);
  return createHash('sha256').update(readFileSync(contract)).digest('hex').slice(0, 16);
}

export default defineConfig(({ command, isPreview }) => ({
  base: command === 'serve' && !isPreview && !process.env.VITEST ? DEV_BASE : '/',
  plugins: [apiReference(), react(), tailwindcss(), pagesOutsideTheBase(), serviceWorker()],
  define: { __CONTRACT__: JSON.stringify(contractHash()) },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    host: '127.0.0.1',
    port,
    strictPort: true,
    // The edge worker stands in front and passes its own host through.
    allowedHosts: ['localhost', '.localhost'],
    // Hot reload goes straight to Vite unless the page's own port is asked for.
    hmr: { clientPort: Number(process.env.SHELL_HMR_PORT ?? port) },
  },
  preview: { host: '127.0.0.1', port, strictPort: true, allowedHosts: ['localhost', '.localhost'] },
  build: {
    target: 'es2023',
    sourcemap: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              // What the first page needs from others, apart from our own code. Several queries at
              // once are asked by a widget alone.
              name: 'vendor',
              test: /node_modules[\\/](react|react-dom|scheduler|wouter|regexparam|use-sync-external-store|zustand|@tanstack|openapi-fetch|valibot)[\\/](?!.*[\\/](useQueries|queriesObserver)\.)/,
            },
            // All else that the first page needs: in one file it is a tenth smaller than in twenty.
            { name: firstPage(), debugName: 'first' },
            { name: 'icons', test: isSharedIcon(), minShareCount: 2 },
          ],
        },
      },
    },
  },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
}));

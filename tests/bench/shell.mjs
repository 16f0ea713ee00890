// The built shell on a server of its own, for the figures of the shell.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { root } from '../../scripts/lib/paths.mjs';

const TYPES = new Map([
  ['.css', 'text/css'],
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
]);

/** By path, so that compressing is not part of what is measured again. @type {Map<string, Buffer>} */
const compressed = new Map();

/**
 * A file of the built shell, compressed and kept by browsers as its host has it; a path without a file
 * shows its page.
 * @type {import('node:http').RequestListener}
 */
export function shellFile(request, response) {
  const dist = join(root, 'site/shell/dist');
  const asked = join(dist, normalize(new URL(request.url ?? '/', 'http://shell').pathname));
  const file = existsSync(asked) && statSync(asked).isFile() ? asked : join(dist, 'index.html');
  response.setHeader('content-type', TYPES.get(extname(file)) ?? 'application/octet-stream');
  if (/\/assets\//.test(file)) response.setHeader('cache-control', 'max-age=31536000, immutable');
  if (!/\.(css|html|js|svg)$/.test(file)) {
    response.end(readFileSync(file));
    return;
  }
  response.setHeader('content-encoding', 'br');
  let body = compressed.get(file);
  if (!body) {
    body = brotliCompressSync(readFileSync(file), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 5 },
    });
    compressed.set(file, body);
  }
  response.end(body);
}

/** Starts a server on a free port of the loopback. @param {import('node:http').RequestListener} listener */
export async function serve(listener) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

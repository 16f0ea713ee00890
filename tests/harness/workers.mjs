// Runs the built workers as production does: the edge in front, the API and the pages behind its service bindings,
// the room's SQLite on disk, Hyperdrive to a local Postgres. Without wrangler, whose proxy costs more
// than the worker behind it.

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { freePort } from '../../scripts/lib/ports.mjs';
import { workerOptions } from './config.mjs';
import { startRelay } from './relay.mjs';

/**
 * @typedef {object} Options
 * @property {string} databaseUrl of a migrated database
 * @property {number} [port] of the public origin; a free one when left out
 * @property {string} [shellOrigin] where the static shell is served
 * @property {Record<string, string>} [vars] for the API and the pages, over those of `varsFile`
 * @property {string} [varsFile] default: .dev.vars.example
 * @property {boolean} [release] the release builds, without what only development has
 * @property {string} [persist] folder of the Durable Objects' storage; a temporary one when left out
 * @property {(message: string) => void} [log] receives each message that the workers log
 * @property {string} [root] the checkout
 */

/**
 * @typedef {object} Workers
 * @property {string} origin the public origin, no slash at the end
 * @property {() => Promise<void>} restart stops the runtime, which closes every socket and forgets all memory,
 *   and starts it again on the same port and storage
 * @property {() => Promise<void>} sweep runs the API worker's cron trigger once
 * @property {(worker: string, path: string) => Promise<number>} reach asks a worker directly, past the edge;
 *   the status of its answer
 * @property {() => Promise<void>} stop
 */

const checkout = resolve(fileURLToPath(import.meta.url), '../../..');

/**
 * @param {Options} options
 * @returns {Promise<Workers>}
 */
export async function startWorkers(options) {
  const port = options.port ?? (await freePort());
  const origin = `http://localhost:${port}`;
  const temporary = options.persist ? undefined : await mkdtemp(join(tmpdir(), 'prox-workers-'));
  const storage = options.persist ?? /** @type {string} */ (temporary);
  const relay = await startRelay(options.databaseUrl);
  const reached = { ...options, port, databaseUrl: relay.url };
  const settings = await miniflareOptions(reached, origin, storage);
  let miniflare = await open(settings);
  return {
    origin,
    async restart() {
      await miniflare.dispose();
      miniflare = await open(settings);
    },
    async sweep() {
      const { outcome } = await (await miniflare.getWorker('prox-api')).scheduled();
      if (outcome !== 'ok') throw new Error(`the cron trigger ended with ${outcome}`);
    },
    async reach(worker, path) {
      const fetcher = await miniflare.getWorker(worker);
      const answer = await fetcher.fetch(`${origin}${path}`);
      await answer.arrayBuffer();
      return answer.status;
    },
    async stop() {
      await miniflare.dispose();
      await relay.close();
      if (temporary) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** @param {import('miniflare').MiniflareOptions} settings */
async function open(settings) {
  const miniflare = new Miniflare(settings);
  await miniflare.ready;
  return miniflare;
}

/**
 * @param {Options & { port: number }} options
 * @param {string} origin
 * @param {string} storage
 * @returns {Promise<import('miniflare').MiniflareOptions>}
 */
async function miniflareOptions(options, origin, storage) {
  const {
    databaseUrl,
    port,
    shellOrigin = 'http://127.0.0.1:5173',
    vars,
    root = checkout,
  } = options;
  const profile = options.release ? 'release' : 'dev';
  for (const crate of ['worker', 'public', 'jobs', 'edge']) {
    if (!existsSync(join(root, 'crates', 'platform', crate, 'build', profile, 'entry.js'))) {
      const flag = options.release ? '' : ' --dev';
      throw new Error(`crates/platform/${crate} is not built. Run ./scripts/build${flag} first.`);
    }
  }
  const file = options.varsFile ?? join(root, '.dev.vars.example');
  const fromFile = /** @type {Record<string, string>} */ (parseEnv(await readFile(file, 'utf8')));
  const { log } = options;
  return {
    host: '127.0.0.1',
    port,
    // Durable Objects are stored in do/ below it.
    resourcePersistencePath: storage,
    log: new Log(LogLevel.ERROR),
    // The default requests `request.cf` from a Cloudflare host, but tests use only this machine.
    cf: false,
    handleStructuredLogs: ({ message }) => log?.(message),
    workers: [
      workerOptions(join(root, 'crates/platform/edge/wrangler.toml'), {
        profile,
        databaseUrl,
        vars: { APP_ORIGIN: origin, SHELL_ORIGIN: shellOrigin },
      }),
      ...[
        'wrangler.toml',
        'crates/platform/public/wrangler.toml',
        'crates/platform/jobs/wrangler.toml',
      ].map((file) =>
        workerOptions(join(root, file), {
          profile,
          databaseUrl,
          vars: { ...fromFile, ...vars, APP_ORIGIN: origin },
        }),
      ),
    ],
  };
}

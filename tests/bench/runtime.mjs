// The measured side, as a process of its own so that it shares no event loop with the load generator: one
// workerd with our workers and the baseline's, each on a port of its own, and Postgres behind the counting
// proxy. Requests reach the workers without Miniflare's own worker in between.

import { fork } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { root } from '../../scripts/lib/paths.mjs';
import { freePort, freePorts } from '../../scripts/lib/ports.mjs';
import { hyperdrive, manifest, readConfig, workerOptions } from '../harness/config.mjs';
import { bundle } from './baseline/bundle.mjs';
import { startProxy } from './proxy.mjs';

/**
 * @typedef {{ edge: string, api: string, pages: string, pg: string, postgres: string, room: string,
 *   plainEdge: string }} Origins
 */
/** @typedef {{ room: 'ours' | 'theirs', name: string, body: string }} Broadcast */
/**
 * @typedef {object} Calls the calls that the runtime's process answers
 * @property {() => Promise<Origins>} origins
 * @property {() => Promise<number>} takeRoundTrips
 * @property {(settings: { delay: number, startup: boolean }) => Promise<void>} setProxy
 * @property {(broadcast: Broadcast) => Promise<void>} broadcast hands a room a request by POST
 */

/**
 * Starts the runtime in a process of its own.
 * @param {string} databaseUrl
 * @returns {Promise<{ calls: Calls, stop: () => Promise<void> }>}
 */
export async function startRuntime(databaseUrl) {
  const child = fork(fileURLToPath(import.meta.url), [], {
    env: { ...process.env, BENCH_DATABASE_URL: databaseUrl },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let calls = 0;
  child.on('message', (/** @type {any} */ { id, result, error }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(error));
    else call?.resolve(result);
  });
  ended.then((code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the runtime ended (${code})`));
  });
  const call =
    (/** @type {string} */ name) =>
    (/** @type {unknown[]} */ ...args) =>
      new Promise((resolve, reject) => {
        const id = calls++;
        waiting.set(id, { resolve, reject });
        child.send({ id, name, args });
      });
  const stop = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };
  try {
    const names = /** @type {const} */ (['origins', 'takeRoundTrips', 'setProxy', 'broadcast']);
    const made = /** @type {Calls} */ (
      /** @type {unknown} */ (Object.fromEntries(names.map((name) => [name, call(name)])))
    );
    await made.origins();
    return { calls: made, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {string} databaseUrl
 * @returns {Promise<Calls & { stop: () => Promise<void> }>}
 */
async function serve(databaseUrl) {
  sendAtOnce();
  const { hostname, port, pathname } = new URL(databaseUrl);
  const proxy = await startProxy({ host: hostname, port: Number(port || 5432) });
  const proxied = new URL(databaseUrl);
  proxied.host = `127.0.0.1:${proxy.port}`;
  proxied.pathname = pathname;

  const storage = await mkdtemp(join(tmpdir(), 'prox-bench-'));
  const ports = await freePorts(8);
  const [edge, api, pages, , pg, postgres, room, plainEdge] = ports.map(
    (each) => `http://localhost:${each}`,
  );
  const origins = /** @type {Origins} */ ({ edge, api, pages, pg, postgres, room, plainEdge });
  const workers = [
    ...ourWorkers(proxied.href, origins.edge),
    ...(await baselineWorkers(proxied.href, storage)),
  ];
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port: await freePort(),
    resourcePersistencePath: storage,
    log: new Log(LogLevel.ERROR),
    cf: false,
    // Log lines are part of the work; reading them is not part of the measurement.
    handleStructuredLogs: () => {},
    workers: workers.map((worker, i) => ({
      ...worker,
      dev: { unsafeDirectSockets: [{ host: '127.0.0.1', port: ports[i] }] },
    })),
  });
  await miniflare.ready;

  return {
    origins: async () => origins,
    takeRoundTrips: async () => proxy.take(),
    setProxy: async (settings) => proxy.set(settings),
    async broadcast({ room, name, body }) {
      const worker = room === 'ours' ? 'prox-api' : 'baseline-room';
      const rooms = await miniflare.getDurableObjectNamespace('ROOM', worker);
      const response = await rooms
        .get(rooms.idFromName(name))
        .fetch('https://room/', { method: 'POST', body });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the room answered ${response.status}`);
    },
    async stop() {
      await miniflare.dispose();
      proxy.stop();
      await rm(storage, { recursive: true, force: true });
    },
  };
}

/**
 * Miniflare passes Hyperdrive's bytes on through sockets that wait to fill a packet (Nagle): a driver
 * that writes a query in pieces, as pg does, would lose 40 ms on each. Production does not.
 */
function sendAtOnce() {
  for (const channel of ['net.client.socket', 'net.server.socket']) {
    subscribe(channel, (message) => {
      const { socket } = /** @type {{ socket: import('node:net').Socket }} */ (message);
      socket.setNoDelay(true);
    });
  }
}

/**
 * The release builds, in the order of the ports: edge, API, pages, jobs.
 * @param {string} databaseUrl
 * @param {string} origin
 */
export function ourWorkers(databaseUrl, origin) {
  const vars = {
    APP_ORIGIN: origin,
    SHELL_ORIGIN: origin,
    GOOGLE_CLIENT_ID: 'bench',
    GOOGLE_CLIENT_SECRET: 'bench',
    SLACK_SIGNING_SECRET: 'bench',
  };
  const files = [
    'crates/platform/edge/wrangler.toml',
    'wrangler.toml',
    'crates/platform/public/wrangler.toml',
    'crates/platform/jobs/wrangler.toml',
  ];
  return files.map((file) =>
    workerOptions(join(root, file), { profile: 'release', databaseUrl, vars }),
  );
}

/**
 * Hono + pg, Hono + postgres.js, the broadcasting object, an edge of one line.
 * @param {string} databaseUrl
 * @param {string} folder for the bundles
 * @returns {Promise<import('miniflare').WorkerOptions[]>}
 */
export async function baselineWorkers(databaseUrl, folder) {
  const script = await readFile(join(root, 'crates/platform/pages/src/live.js'), 'utf8');
  const { compatibility_date } = readConfig(join(root, 'wrangler.toml'));
  const names = /** @type {const} */ (['pg', 'postgres', 'room', 'edge']);
  /** @type {(name: typeof names[number], own: string) => Partial<import('miniflare').WorkerOptions['config']>} */
  const bindings = (name, own) => {
    if (name === 'edge') return { env: { API: { type: 'worker', worker: 'prox-api' } } };
    if (name === 'room')
      return {
        env: { ROOM: { type: 'durable-object', worker: own, exportName: 'Room' } },
        exports: { Room: { type: 'durable-object', storage: 'sqlite' } },
      };
    return {
      env: {
        HYPERDRIVE: hyperdrive('baseline', databaseUrl),
        SCRIPT: { type: 'text', value: script },
      },
    };
  };
  return Promise.all(
    names.map(async (name) => {
      const path = await bundle(name, folder);
      const own = `baseline-${name}`;
      return {
        config: {
          name: own,
          compatibilityDate: compatibility_date,
          compatibilityFlags: ['nodejs_compat'],
          manifest: manifest(dirname(path), [basename(path)]),
          ...bindings(name, own),
        },
      };
    }),
  );
}

const databaseUrl = process.env.BENCH_DATABASE_URL;
if (databaseUrl && process.send) {
  const serving = serve(databaseUrl);
  process.on('message', async (/** @type {any} */ { id, name, args }) => {
    try {
      const call = (await serving)[/** @type {keyof Calls} */ (name)];
      process.send?.({ id, result: await call(.../** @type {[any]} */ (args)) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) });
    }
  });
  // The parent process has ended, in good order or not.
  process.once('disconnect', async () => {
    await serving.then(({ stop }) => stop()).finally(() => process.exit());
  });
}

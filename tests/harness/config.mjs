// What wrangler.toml says, as Miniflare options: development and tests run what deployments run.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'smol-toml';

/** @typedef {'dev' | 'release'} Profile */
/**
 * @typedef {object} Config the parts of a wrangler.toml that this project uses
 * @property {string} name
 * @property {string} main
 * @property {string} compatibility_date
 * @property {string[]} [compatibility_flags]
 * @property {Record<string, string>} [vars]
 * @property {{ required: string[] }} [secrets]
 * @property {{ binding: string, id: string }[]} [hyperdrive]
 * @property {{ binding: string, service: string }[]} [services]
 * @property {{ bindings: { name: string, class_name: string }[] }} [durable_objects]
 * @property {{ new_sqlite_classes?: string[] }[]} [migrations]
 * @property {{ crons: string[] }} [triggers]
 */

/**
 * @param {string} file
 * @returns {Config}
 */
export function readConfig(file) {
  return /** @type {any} */ (parse(readFileSync(file, 'utf8')));
}

/**
 * @param {string} file a wrangler.toml
 * @param {{ profile: Profile, databaseUrl: string, vars: Record<string, string> }} options `vars`
 *   come on top of the file's own
 * @returns {import('miniflare').WorkerOptions}
 */
export function workerOptions(file, { profile, databaseUrl, vars }) {
  const config = readConfig(file);
  const build = join(dirname(file), dirname(dirname(config.main)), profile);
  const sqlite = new Set(
    (config.migrations ?? []).flatMap((step) => step.new_sqlite_classes ?? []),
  );
  return {
    name: config.name,
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags ?? [],
    modulesRoot: build,
    modules: [
      { type: 'ESModule', path: join(build, 'entry.js') },
      { type: 'ESModule', path: join(build, 'index.js') },
      { type: 'CompiledWasm', path: join(build, 'index_bg.wasm') },
    ],
    bindings: { ...config.vars, ...vars },
    serviceBindings: entries(config.services, ({ binding, service }) => [binding, service]),
    hyperdrives: entries(config.hyperdrive, ({ binding }) => [binding, withPassword(databaseUrl)]),
    durableObjects: entries(config.durable_objects?.bindings, ({ name, class_name }) => [
      name,
      { className: class_name, useSQLite: sqlite.has(class_name) },
    ]),
  };
}

/**
 * Miniflare refuses an address without a password, also where the server asks for none.
 * @param {string} databaseUrl
 */
function withPassword(databaseUrl) {
  const url = new URL(databaseUrl);
  url.password ||= 'none';
  return url.href;
}

/**
 * @template T, V
 * @param {T[] | undefined} list
 * @param {(entry: T) => [string, V]} pair
 * @returns {Record<string, V>}
 */
function entries(list, pair) {
  return Object.fromEntries((list ?? []).map(pair));
}

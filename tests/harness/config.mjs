// Reads wrangler.toml as Miniflare options: development and tests run what deployments run.

import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
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
 * @property {{ bindings: { name: string, class_name: string, script_name?: string }[] }} [durable_objects]
 * @property {{ new_sqlite_classes?: string[] }[]} [migrations]
 * @property {{ crons: string[] }} [triggers]
 */
/** @typedef {import('miniflare').WorkerOptions} WorkerOptions */
/** @typedef {import('miniflare').WorkerOptions['config']['manifest']} Manifest */

/**
 * Reads a wrangler.toml.
 * @param {string} file
 * @returns {Config}
 */
export function readConfig(file) {
  return /** @type {any} */ (parse(readFileSync(file, 'utf8')));
}

/**
 * The built worker of a wrangler.toml.
 * @param {string} file a wrangler.toml
 * @param {{ profile: Profile, databaseUrl: string, vars: Record<string, string> }} options `vars`
 *   come on top of the file's own
 * @returns {WorkerOptions}
 */
export function workerOptions(file, { profile, databaseUrl, vars }) {
  const config = readConfig(file);
  const build = join(dirname(file), dirname(dirname(config.main)), profile);
  const sqlite = new Set(
    (config.migrations ?? []).flatMap((step) => step.new_sqlite_classes ?? []),
  );
  const objects = config.durable_objects?.bindings ?? [];
  const own = objects.filter(({ script_name = config.name }) => script_name === config.name);
  return {
    config: {
      name: config.name,
      compatibilityDate: config.compatibility_date,
      compatibilityFlags: config.compatibility_flags ?? [],
      manifest: manifest(build, ['entry.js', 'index_bg.wasm']),
      env: {
        ...entries(Object.entries({ ...config.vars, ...vars }), ([name, value]) => [
          name,
          { type: 'text', value },
        ]),
        ...entries(config.services, ({ binding, service }) => [
          binding,
          { type: 'worker', worker: service },
        ]),
        ...entries(config.hyperdrive, ({ binding, id }) => [binding, hyperdrive(id, databaseUrl)]),
        ...entries(objects, ({ name, class_name, script_name = config.name }) => [
          name,
          { type: 'durable-object', worker: script_name, exportName: class_name },
        ]),
      },
      exports: entries(own, ({ class_name }) => [
        class_name,
        { type: 'durable-object', storage: sqlite.has(class_name) ? 'sqlite' : 'legacy-kv' },
      ]),
    },
  };
}

/**
 * The modules of a worker, the main one first.
 * @param {string} folder
 * @param {string[]} files below it
 * @returns {Manifest}
 */
export function manifest(folder, files) {
  return {
    mainModule: files[0] ?? '',
    modulesRoot: folder,
    modules: entries(files, (name) => [
      name,
      extname(name) === '.wasm'
        ? { type: 'wasm', contents: new Uint8Array(readFileSync(join(folder, name))) }
        : { type: 'esm', contents: readFileSync(join(folder, name), 'utf8') },
    ]),
  };
}

/**
 * The binding of a database. Miniflare rejects a URL without a password, even if the server needs none.
 * @param {string} id
 * @param {string} databaseUrl
 */
export function hyperdrive(id, databaseUrl) {
  const url = new URL(databaseUrl);
  url.password ||= 'none';
  return { type: /** @type {const} */ ('hyperdrive'), id, dev: { connectionString: url.href } };
}

/**
 * Builds an object from a list.
 * @template T
 * @template {unknown} V
 * @param {T[] | undefined} list
 * @param {(entry: T) => [string, V]} pair
 * @returns {Record<string, V>}
 */
function entries(list, pair) {
  return Object.fromEntries((list ?? []).map(pair));
}

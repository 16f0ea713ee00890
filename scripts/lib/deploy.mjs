// Deploys the output of ./scripts/build: migrations, the workers and the shell on Pages, in the order of
// their dependencies. When something is missing, deploys nothing and lists all of it.
//
//   ./scripts/deploy             DATABASE_URL (direct address), CLOUDFLARE_API_TOKEN,
//                                CLOUDFLARE_ACCOUNT_ID and, until Cloudflare has them, the secrets
//                                of wrangler.toml in the environment
//   ./scripts/deploy --dry-run   without an account: lists what is missing and bundles all workers

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt, WORKERS } from './build.mjs';
import { command, Problem, parseArgs } from './cli.mjs';
import { migrate } from './migrate.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './steps.mjs';
import { toolEnv } from './tools.mjs';

/** @typedef {import('../../tests/harness/config.mjs').Config} Config */
/** @typedef {import('./steps.mjs').Note} Note */

/** In the order in which they are deployed. */
const CONFIGS = [
  'crates/platform/jobs/wrangler.toml',
  'wrangler.toml',
  'crates/platform/public/wrangler.toml',
  'crates/platform/edge/wrangler.toml',
];
const PAGES_PROJECT = 'prox-shell';
const ACCOUNT = ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_ACCOUNT_ID', 'DATABASE_URL'];

/**
 * Lists what a deployment of these configurations still needs, one line each.
 * @param {{ configs: Record<string, Config>, env: NodeJS.ProcessEnv, stored?: string[],
 *   unbuilt?: string[] }} facts `stored`: secrets that Cloudflare has; `unbuilt`: crates without a
 *   current release build
 * @returns {string[]}
 */
export function missing({ configs, env, stored = [], unbuilt = [] }) {
  const values = Object.entries(configs).flatMap(([file, config]) =>
    placeholders(config).map((path) => `${file}: ${path} is still a placeholder`),
  );
  const account = ACCOUNT.filter((name) => !env[name]).map((name) => `environment: ${name}`);
  const required = Object.values(configs).flatMap((config) => config.secrets?.required ?? []);
  const secrets = required
    .filter((name) => !env[name] && !stored.includes(name))
    .map((name) => `secret: ${name}, in the environment or by \`wrangler secret put\``);
  const builds = unbuilt.map(
    (crate) => `crates/platform/${crate}: no current release build; run ./scripts/build`,
  );
  return [...values, ...account, ...secrets, ...builds];
}

/**
 * Lists the paths of values in <angle brackets>.
 * @param {unknown} value
 * @param {string} [path]
 * @returns {string[]}
 */
function placeholders(value, path = '') {
  if (typeof value === 'string') return /^<.*>$/.test(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  const inList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = inList ? '' : key;
    return placeholders(inner, [path, step].filter(Boolean).join('.'));
  });
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function wrangler(args, env = {}) {
  const quiet = { WRANGLER_SEND_METRICS: 'false', CI: '1' };
  return run('wrangler', args, { cwd: root, env: { ...toolEnv(), ...quiet, ...env }, keep: 40 });
}

/**
 * The names of the secrets that the API worker has; none before its first deployment.
 * @returns {Promise<string[]>}
 */
async function storedSecrets() {
  try {
    const list = JSON.parse(
      await wrangler(['secret', 'list', '-c', CONFIGS[0] ?? '', '--format', 'json']),
    );
    return list.map((/** @type {{ name: string }} */ { name }) => name);
  } catch {
    return [];
  }
}

/** @param {Record<string, Config>} configs */
async function dryRun(configs) {
  const unbuilt = WORKERS.filter((worker) => !isBuilt('release', worker));
  const lacking = missing({ configs, env: process.env, unbuilt });
  const out = mkdtempSync(join(tmpdir(), 'prox-deploy-'));
  try {
    for (const file of unbuilt.length > 0 ? [] : CONFIGS) {
      await step(file, async (note) => {
        const output = await wrangler(['deploy', '-c', file, '--dry-run', '--outdir', out]);
        note(/Total Upload: (.+)/.exec(output)?.[1] ?? '');
      });
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  if (lacking.length === 0) console.log('Nothing is missing.');
  else console.log(`A deployment still needs:\n${list(lacking)}`);
}

/** @param {Record<string, Config>} configs */
async function deploy(configs) {
  const unbuilt = WORKERS.filter((worker) => !isBuilt('release', worker));
  const stored = process.env.CLOUDFLARE_API_TOKEN ? await storedSecrets() : [];
  const lacking = missing({ configs, env: process.env, stored, unbuilt });
  if (lacking.length > 0) throw new Problem(`Nothing was deployed. Missing:\n${list(lacking)}`);
  const databaseUrl = process.env.DATABASE_URL ?? '';
  await step('shell', async () => {
    await run('npm', ['run', 'build', '-w', 'site/shell'], { cwd: root, env: toolEnv() });
  });
  await step('migrations', async (note) => {
    const ran = await migrate({ databaseUrl, log: note });
    note(ran.length === 0 ? 'up to date' : ran.join(', '));
  });
  for (const [file, config] of Object.entries(configs)) {
    await step(config.name, () => deployWorker(file, config));
  }
  await step('Pages', async () => {
    await wrangler(['pages', 'deploy', 'site/shell/dist', '--project-name', PAGES_PROJECT]);
  });
}

/**
 * Deploys one worker, with those of its secrets that are in the environment.
 * @param {string} file
 * @param {Config} config
 */
async function deployWorker(file, config) {
  const given = (config.secrets?.required ?? []).filter((name) => process.env[name]);
  if (given.length === 0) return wrangler(['deploy', '-c', file]);
  const folder = mkdtempSync(join(tmpdir(), 'prox-secrets-'));
  try {
    const secrets = join(folder, 'secrets.json');
    const values = Object.fromEntries(given.map((name) => [name, process.env[name]]));
    writeFileSync(secrets, JSON.stringify(values), { mode: 0o600 });
    return await wrangler(['deploy', '-c', file, '--secrets-file', secrets]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string[]} lines */
function list(lines) {
  return lines.map((line) => `  - ${line}`).join('\n');
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { 'dry-run': 'flag' });
  const { readConfig } = await import('../../tests/harness/config.mjs');
  const configs = Object.fromEntries(CONFIGS.map((file) => [file, readConfig(join(root, file))]));
  await (options['dry-run'] ? dryRun(configs) : deploy(configs));
});

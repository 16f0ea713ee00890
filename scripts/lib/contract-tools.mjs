// Tools that only the tests of the contract use. They are installed separately, in the user's cache, so
// that `./scripts/dev` does not wait for them.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { root, toolsDir } from './paths.mjs';
import { run } from './processes.mjs';

/** @typedef {import('./steps.mjs').Note} Note */
/**
 * @typedef {object} PythonGenerator openapi-python-client in a virtual environment
 * @property {string} folder
 * @property {string} python its interpreter, also for the clients that it generates
 */

/** The oldest version of Python that openapi-python-client supports. */
const PYTHON = [3, 11];
const LISTS = join(root, 'scripts', 'contract');
const REQUIREMENTS = join(LISTS, 'requirements.txt');
/** The configuration of openapi-python-client. */
export const PYTHON_CONFIG = join(LISTS, 'openapi-python-client.yaml');

/** The program `spectral`, in the version of scripts/contract/package.json. */
export function spectral() {
  return join(spectralFolder(), 'node_modules', '.bin', 'spectral');
}

function spectralFolder() {
  const { dependencies } = JSON.parse(readFileSync(join(LISTS, 'package.json'), 'utf8'));
  return join(toolsDir, `spectral-${dependencies['@stoplight/spectral-cli']}`);
}

/**
 * Installs Spectral, whose 240 packages nothing else needs.
 * @param {Note} note
 */
export async function ensureSpectral(note) {
  const folder = spectralFolder();
  await once(folder, async () => {
    note('npm ci (once)');
    mkdirSync(folder, { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(LISTS, name), join(folder, name));
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', args, { cwd: folder });
  });
  note(folder);
}

/**
 * The folder of openapi-python-client, installed or not; or the reason why this machine cannot run it.
 * @returns {PythonGenerator | { missing: string }}
 */
export function findPythonGenerator() {
  const version = python('import sys; print("%d.%d" % sys.version_info[:2])');
  if (!version) return { missing: 'skipped: python3 is not installed' };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = PYTHON;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    return { missing: `skipped: python3 is ${version}, and ${PYTHON.join('.')} is the least` };
  if (python('import ensurepip, venv; print(1)') !== '1')
    return { missing: 'skipped: python3 has no venv (Debian: apt-get install python3-venv)' };
  const name = /^openapi-python-client==(.+)$/m.exec(readFileSync(REQUIREMENTS, 'utf8'))?.[1];
  const folder = join(toolsDir, `openapi-python-client-${name}-python${version}`);
  return { folder, python: join(folder, 'bin', 'python') };
}

/**
 * Installs openapi-python-client where Python can run it.
 * @param {Note} note
 */
export async function ensurePythonGenerator(note) {
  const generator = findPythonGenerator();
  if ('missing' in generator) return note(generator.missing);
  await installPythonGenerator(generator, note);
  note(generator.folder);
}

/**
 * @param {PythonGenerator} generator
 * @param {Note} [note]
 */
export async function installPythonGenerator({ folder, python }, note = () => {}) {
  await once(folder, async () => {
    note('pip install openapi-python-client (once)');
    await run('python3', ['-m', 'venv', '--clear', folder]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-deps'];
    await run(python, ['-m', 'pip', 'install', ...quiet, '--requirement', REQUIREMENTS]);
  });
}

/**
 * Does the work unless it is complete. Only one process works at a time.
 * @param {string} folder
 * @param {() => Promise<void>} work
 */
async function once(folder, work) {
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return;
  mkdirSync(toolsDir, { recursive: true });
  await withLock(
    `${folder}.lock`,
    async () => {
      if (existsSync(complete)) return;
      await work();
      writeFileSync(complete, '');
    },
    { timeout: 300_000 },
  );
}

/**
 * The output of python3, or nothing when it is missing or fails.
 * @param {string} code
 */
function python(code) {
  try {
    return execFileSync('python3', ['-c', code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

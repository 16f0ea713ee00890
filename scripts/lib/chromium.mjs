// Finds or installs the Chromium of the browser tests: the system's, else Playwright's own.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Problem } from './cli.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * @returns {string | undefined} the path of the system's Chromium; nothing when Playwright's own
 * is used
 */
export function findChromium() {
  return SYSTEM.find((path) => existsSync(path));
}

/**
 * Installs Chromium when there is none: Debian's package where possible, else Playwright's.
 * @param {Note} note
 */
export async function ensureChromium(note) {
  const found = findChromium() ?? playwrightsOwn();
  if (found) return note(found);
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    note('apt-get install chromium (once)');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { env });
  } else {
    note('playwright install chromium (once)');
    await run('npx', ['playwright', 'install', 'chromium'], { cwd: root });
  }
  const installed = findChromium() ?? playwrightsOwn();
  if (!installed)
    throw new Problem('Chromium is missing. Install it: sudo apt-get install chromium');
  note(installed);
}

/** Finds Playwright's own Chromium, in a separate process: loading Playwright inspects the whole machine. */
function playwrightsOwn() {
  const library = createRequire(import.meta.url).resolve('playwright-core');
  const ask = `console.log(require(${JSON.stringify(library)}).chromium.executablePath())`;
  const path = execFileSync(process.execPath, ['-e', ask], { encoding: 'utf8' }).trim();
  return existsSync(path) ? path : undefined;
}

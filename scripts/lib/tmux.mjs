// Finds or installs tmux, in which the terminal interface of `prox` is tested.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Problem } from './cli.mjs';
import { run } from './processes.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

/**
 * Installs tmux with Debian's package manager, when it is missing and that is possible.
 * @param {Note} note
 */
export async function ensureTmux(note) {
  const found = version();
  if (found) return note(found);
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    const how = process.platform === 'darwin' ? 'brew install tmux' : 'sudo apt-get install tmux';
    throw new Problem(`tmux is missing; terminal tests run in it. Install it: ${how}`);
  }
  note('apt-get install tmux (once)');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env });
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'tmux'], { env });
  note(version());
}

/** @returns {string} its version, or nothing when it is missing */
function version() {
  try {
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('tmux', ['-V'], { encoding: 'utf8', stdio }).trim();
  } catch {
    return '';
  }
}

// Runs cargo and reports its progress: which crates it compiles, and about how long it still takes.

import { run } from './processes.mjs';
import { duration } from './steps.mjs';

/** @typedef {import('./steps.mjs').Note} Note */

/** Cargo prints its progress bar only to a terminal by default. */
const PROGRESS = { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '160' };

/**
 * Runs a cargo command to its end. The error of a failure has its last lines, without the progress.
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, note: Note, keep?: number }} options
 * @returns {Promise<string>}
 */
export function cargo(args, { note, env = process.env, ...options }) {
  const started = performance.now();
  return run('cargo', args, {
    ...options,
    env: { ...env, ...PROGRESS },
    onLine: (line) => {
      const text = progress(line, performance.now() - started);
      if (text) note(text);
    },
  });
}

/**
 * The progress in a line of cargo's output, if it has one.
 * @param {string} line
 * @param {number} elapsed milliseconds since cargo started
 * @returns {string | undefined}
 */
export function progress(line, elapsed) {
  const bar = /Building \[[=> ]*\] (\d+)\/(\d+)(?:: (.*))?/.exec(line);
  if (!bar) return /^(?:Downloading|Updating|Blocking) .*/.exec(line)?.[0];
  const [done, total] = [Number(bar[1]), Number(bar[2])];
  const crates = (bar[3] ?? '').replaceAll(/\((?:lib|bin|build|build\.rs)\)|\.\.\.$/g, '').trim();
  const parts = [
    `${done} of ${total}`,
    crates && `compiling ${crates}`,
    remaining(done, total, elapsed),
  ];
  return parts.filter(Boolean).join(', ');
}

/**
 * Estimates the remaining time from the elapsed time. Returns nothing while the estimate would be too
 * inaccurate.
 * @param {number} done
 * @param {number} total
 * @param {number} elapsed milliseconds
 */
function remaining(done, total, elapsed) {
  if (done < 10 || elapsed < 5_000 || done >= total) return '';
  const left = (elapsed / done) * (total - done);
  return left < 5_000
    ? ''
    : `about ${duration(Math.ceil(left / 5_000) * 5_000)} left`.replace('.0', '');
}

// Helpers of all commands: one-line messages for expected errors, and options.

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** An expected error. Its message is one line that says what to do. */
export class Problem extends Error {}

/**
 * Runs `main` when the module is the program, and not when it is imported.
 * @param {string} url the module's `import.meta.url`
 * @param {(args: string[]) => Promise<number | void>} main resolves to the exit code
 */
export function command(url, main) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error) => {
      process.stderr.write(`error: ${explain(error)}\n`);
      process.exitCode = 1;
    },
  );
}

/**
 * The text of an error: one line for an expected one, the stack for a bug.
 * @param {unknown} error
 * @returns {string}
 */
export function explain(error) {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Problem) return error.message;
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === 'ENOSPC') return diskFull;
  if (code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('Cannot find package')) {
    return 'The npm packages are not installed. Run `npm ci`, then run this again.';
  }
  return error.stack ?? error.message;
}

export const diskFull =
  'The disk is full. Free some space (`cargo clean` frees the most), then run this again.';

/**
 * Parses `--name`, `--name value` and `--name=value`; unknown options are an error.
 * @template {Record<string, "flag" | "value">} T
 * @param {string[]} args
 * @param {T} known
 * @returns {{ options: { [K in keyof T]?: T[K] extends "flag" ? true : string }, rest: string[] }}
 */
export function parseArgs(args, known) {
  /** @type {Record<string, string | true>} */
  const options = {};
  const rest = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('--')) {
      rest.push(arg);
      continue;
    }
    const [name = '', inline] = arg.slice(2).split(/=(.*)/s);
    if (!(name in known)) {
      const names = Object.keys(known).map((k) => `--${k}`);
      throw new Problem(`Unknown option --${name}. Known: ${names.join(', ') || 'none'}.`);
    }
    if (known[name] === 'flag') options[name] = true;
    else {
      const value = inline ?? args[++i];
      if (value === undefined) throw new Problem(`--${name} needs a value.`);
      options[name] = value;
    }
  }
  return { options: /** @type {any} */ (options), rest };
}

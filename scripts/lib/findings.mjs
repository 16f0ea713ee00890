// Runs the scripts of findings/, each in a temporary folder, and reports those whose result has changed.
// They are not part of ./scripts/test, because they install packages and do not test this repository.
//
//   ./scripts/findings [NAME…]

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, explain, Problem, parseArgs } from './cli.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './steps.mjs';

/**
 * The names of the findings in a folder.
 * @param {string} folder
 * @returns {string[]}
 */
export function findingsIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sh'))
    .map((name) => name.slice(0, -'.sh'.length))
    .sort();
}

/**
 * Runs findings one after the other, and prints their output.
 * @param {string} folder
 * @param {string[]} names
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runFindings(folder, names) {
  const failed = [];
  for (const name of names) {
    const cwd = mkdtempSync(join(tmpdir(), `prox-finding-${name}-`));
    try {
      const output = await step(name, () => run('bash', [join(folder, `${name}.sh`)], { cwd }));
      console.log(output.trimEnd().replaceAll(/^/gm, '      '));
    } catch (error) {
      failed.push(name);
      console.error(explain(error));
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }
  return failed;
}

command(import.meta.url, async (args) => {
  const { rest } = parseArgs(args, {});
  const folder = join(root, 'findings');
  const known = findingsIn(folder);
  const unknown = rest.find((name) => !known.includes(name));
  if (unknown)
    throw new Problem(`There is no finding ${unknown}. Known: ${known.join(', ') || 'none'}.`);
  const names = rest.length > 0 ? rest : known;
  const failed = await runFindings(folder, names);
  if (failed.length > 0) throw new Problem(`No longer true: ${failed.join(', ')}.`);
  console.log(`\n  ${names.length} findings hold`);
});

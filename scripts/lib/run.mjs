// Runs a command in the environment of the scripts, in this terminal, and exits with its exit code.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { command, Problem } from './cli.mjs';
import { toolEnv } from './tools.mjs';

command(import.meta.url, async ([program, ...args]) => {
  if (!program) throw new Problem('Say what to run: ./scripts/run npm test -w tests/worker');
  const child = spawn(program, args, { env: toolEnv(), stdio: 'inherit' });
  // The terminal sends Ctrl-C to both processes; the command handles it.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit').catch((error) => {
    throw new Problem(`${program} could not start: ${error.message}`);
  });
  return code ?? 1;
});

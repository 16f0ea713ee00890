// openapi-python-client, in the program journey.py.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  installPythonGenerator,
  PYTHON_CONFIG,
  type PythonGenerator,
} from '../../../scripts/lib/contract-tools.mjs';
import { type Account, type Calls, CONTRACT, LIMIT } from './journey.ts';

const program = fileURLToPath(new URL('journey.py', import.meta.url));

export async function callWithPython(
  account: Account,
  folder: string,
  generator: PythonGenerator,
): Promise<Calls> {
  await installPythonGenerator(generator);
  const python = (...args: string[]) => promisify(execFile)(generator.python, args);
  const generate = ['generate', '--path', CONTRACT, '--output-path', folder, '--meta', 'none'];
  const config = ['--config', PYTHON_CONFIG];
  await python('-m', 'openapi_python_client', ...generate, ...config);
  const { stdout } = await python(program, folder, JSON.stringify({ ...account, limit: LIMIT }));
  return JSON.parse(stdout);
}

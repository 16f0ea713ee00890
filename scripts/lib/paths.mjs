// Where things lie in a checkout. Creates nothing.

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Tools that the scripts install for themselves. */
export const toolsDir = join(root, '.tools');
/** What local servers keep: databases, Durable Object storage, logs. */
export const dataDir = join(root, '.data');
export const migrationsDir = join(root, 'migrations');

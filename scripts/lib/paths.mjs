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
/** The rooms' storage in development. */
export const roomsDir = join(dataDir, 'rooms');
/** Secrets for local use. */
export const varsFile = join(root, '.dev.vars');
/** What ./scripts/dev was asked for, as prox.yaml reads it. */
export const devSettings = join(dataDir, 'dev.env');
/** Touched by every build of the development workers. */
export const builtStamp = join(dataDir, 'built');

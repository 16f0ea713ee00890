// Where things lie, in a checkout and in the user's cache. Creates nothing.

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** What all checkouts of one person share; preflight.sh looks for Node in the same place. */
const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'prox-os');
/** Tools that the scripts install for themselves, each in a folder `<name>-<version>`. */
export const toolsDir = process.env.PROX_TOOLS_DIR || join(cacheDir, 'tools');
/** Compiled dependencies, which do not depend on the checkout. */
export const sharedBuildDir = join(cacheDir, 'build');
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

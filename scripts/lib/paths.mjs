// Paths in the checkout and in the user's cache. Creates nothing.

import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Shared by all checkouts of one user; preflight.sh looks for Node in the same place. */
const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'prox-os');
/** Tools that the scripts install for themselves, each in a folder `<name>-<version>`. */
export const toolsDir = process.env.PROX_TOOLS_DIR || join(cacheDir, 'tools');
/** Compiled dependencies, which do not depend on the checkout. */
export const sharedBuildDir = join(cacheDir, 'build');
/** Data of the local servers: databases, Durable Object storage, logs. */
export const dataDir = join(root, '.data');
export const migrationsDir = join(root, 'migrations');
/** The rooms' storage in development. */
export const roomsDir = join(dataDir, 'rooms');
/** Secrets for local use. */
export const varsFile = join(root, '.dev.vars');
/** The options of ./scripts/dev, as prox.yaml reads them. */
export const devSettings = join(dataDir, 'dev.env');
/** A file that every build of the development workers touches. */
export const builtStamp = join(dataDir, 'built');

// The workers with their own database, for one test file.

import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase, type Database } from '../../harness/database.ts';
import { startWorkers } from '../../harness/workers.mjs';
import { Person } from './person.ts';

type Workers = Awaited<ReturnType<typeof startWorkers>>;
type Options = Partial<Parameters<typeof startWorkers>[0]> & { database?: Database };

export interface Stack {
  origin: string;
  workers: Workers;
  database: Database;
  /** The log output of the workers. */
  log: string[];
  person(name: string): Promise<Person>;
  stop(): Promise<void>;
}

export async function startStack({ database: given, ...options }: Options = {}): Promise<Stack> {
  const database = given ?? (await createDatabase());
  const log: string[] = [];
  const workers = await startWorkers({
    databaseUrl: database.url,
    log: (line: string) => log.push(line),
    ...options,
  });
  return {
    origin: workers.origin,
    workers,
    database,
    log,
    person: (name) => Person.signIn(workers.origin, `${name}@example.com`),
    async stop() {
      await workers.stop();
      await database.drop();
    },
  };
}

/** Calls the function until it returns a value; it must be safe to repeat. */
export async function eventually<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  patience = 10_000,
): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not happen in ${patience} ms`);
    // Gives other work time to run.
    await pause(5);
  }
}

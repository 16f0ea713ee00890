import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    // Each file runs its own workers, on a machine that may have two cores.
    maxWorkers: 2,
    // Some promise an answer within a second, which a busy machine may break once.
    retry: 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    // Prints why a test was skipped.
    reporters: ['verbose'],
    testTimeout: 60_000,
    // The first run installs a generator.
    hookTimeout: 180_000,
  },
});

// The `test` function of all browser tests: a stack for each Playwright worker, and people who use it.

import { test as base, type Page } from '@playwright/test';
import { type Stack, startStack } from './stack.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** The page of an anonymous reader. */
  anonymous: Page;
}

export const test = base.extend<Fixtures, { stack: Stack }>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names out of the pattern
    async ({}, use) => {
      const stack = await startStack();
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  baseURL: ({ stack }, use) => use(stack.origin),
  anonymous: async ({ browser, baseURL }, use) => {
    const context = await browser.newContext(baseURL ? { baseURL } : {});
    await use(await context.newPage());
    await context.close();
  },
});

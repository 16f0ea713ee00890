import { defineConfig } from '@playwright/test';
import { findChromium } from '../../scripts/lib/chromium.mjs';

const executablePath = findChromium();

export default defineConfig({
  testMatch: '*.spec.ts',
  globalSetup: './support/setup.ts',
  outputDir: '../../test-results/e2e',
  reporter: [['list', { printSteps: false }]],
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  // Each has its own browser, workers and database, on a machine that may have two cores.
  workers: 2,
  timeout: 120_000,
  // A busy machine has made good tests time out. What fails once and then passes is listed as flaky.
  retries: 1,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        // Custom domains resolve to this machine; its own DNS does not know them.
        '--host-resolver-rules=MAP *.example 127.0.0.1',
        // They use plain http here, and the browser must not try https first.
        '--disable-features=HttpsUpgrades',
      ],
    },
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    // Each test would fetch the whole shell for it. Those of the installed app allow it.
    serviceWorkers: 'block',
    locale: 'en-US',
    timezoneId: 'UTC',
    contextOptions: { reducedMotion: 'reduce' },
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    // A trace takes more time than the tests themselves.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
  },
});

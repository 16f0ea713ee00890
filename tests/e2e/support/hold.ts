// Requests that wait until a test lets them go on.

import type { Page } from '@playwright/test';

/** Holds the requests for a URL pattern back; call the answer to let them go on. */
export async function hold(page: Page, url: string): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(url, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

// The looks that people choose, put on a page without their settings.

import type { Page } from '@playwright/test';
import { DENSITIES, THEMES } from '../../../site/shell/src/shared/state/look-names.ts';

export interface Look {
  theme: (typeof THEMES)[number];
  density: (typeof DENSITIES)[number];
}

export const LOOKS: readonly Look[] = DENSITIES.flatMap((density) =>
  THEMES.map((theme) => ({ theme, density })),
);

/** Gives the page a look, until it is taken off or the person changes theirs. */
export const wear = (page: Page, { theme, density }: Look): Promise<void> =>
  page.evaluate(
    ([name, space]) => {
      document.documentElement.setAttribute('data-theme', name);
      document.documentElement.setAttribute('data-density', space);
    },
    [theme, density] as const,
  );

/** Gives the page of a person with no preferences its own look again. */
export const takeOff = (page: Page): Promise<void> =>
  page.evaluate(() => {
    document.documentElement.removeAttribute('data-theme');
    document.documentElement.removeAttribute('data-density');
  });

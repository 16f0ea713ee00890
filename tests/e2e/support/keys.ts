// A person who has only a keyboard, and must always see the focus.

import { expect, type Locator, type Page } from '@playwright/test';

export class Keys {
  constructor(private readonly page: Page) {}

  /** The element with the focus. */
  get focused(): Locator {
    return this.page.locator('*:focus');
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Presses Tab until the target has the focus; the focus must be visible at every stop. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let stops = 0; stops < 40; stops += 1) {
      await this.press(key);
      await this.expectSeen();
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`${key} does not reach ${target}`);
  }

  /** Checks that the focus is visible, inside the viewport. */
  async expectSeen(): Promise<void> {
    const problem = await this.page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return 'nothing has the focus';
      const rings = (one: Element | null) => {
        if (!one) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
      };
      const name = `${element.tagName} “${(element.ariaLabel ?? element.textContent ?? '').slice(0, 40)}”`;
      // A radio button's ring is drawn around its label.
      if (!rings(element) && !rings(element.closest('label'))) return `${name} shows no ring`;
      const shown = element.closest('label') ?? element;
      const { top, left, bottom, right } = shown.getBoundingClientRect();
      const inside = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
      return inside ? null : `${name} is out of sight`;
    });
    expect(problem).toBeNull();
  }
}

/**
 * Keeps what is typed into above the keyboard on the screen: `--keyboard` on the page is the height that
 * it covers. Browsers that resize the page for it (`interactive-widget`) leave nothing to do.
 */
import { useEffect } from 'react';

type Viewport = { height: number; offsetTop: number; scale: number };

/** Px at the lower end of a page of this height that are covered; a page that is zoomed is not. */
export const coveredBelow = (page: number, { height, offsetTop, scale }: Viewport): number =>
  scale > 1.01 ? 0 : Math.max(0, Math.round(page - height - offsetTop));

export function useKeyboardInset(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const { style } = document.documentElement;
    const changed = () => {
      const covered = coveredBelow(document.documentElement.clientHeight, viewport);
      style.setProperty('--keyboard', `${covered}px`);
      const field = document.activeElement;
      if (covered > 0 && field?.matches('input, textarea, [contenteditable]'))
        field.scrollIntoView({ block: 'nearest' });
    };
    viewport.addEventListener('resize', changed);
    viewport.addEventListener('scroll', changed);
    return () => {
      viewport.removeEventListener('resize', changed);
      viewport.removeEventListener('scroll', changed);
      style.removeProperty('--keyboard');
    };
  }, []);
}

/** Moves the focus when the element that had it was removed. */

const lost = () => document.activeElement === null || document.activeElement === document.body;

/** The part of the page that is always there. */
const desktop = () => document.querySelector<HTMLElement>('[data-region="desktop"]');

/** After the next paint, gives a lost focus to `wanted`, or to the desktop when that is gone too. */
export function rescueFocus(wanted: () => HTMLElement | null): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (!lost()) return;
      const target = wanted();
      (target?.isConnected ? target : desktop())?.focus({ preventScroll: true });
    }),
  );
}

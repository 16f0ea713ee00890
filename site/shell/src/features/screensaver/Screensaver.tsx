/** What covers the screen while nobody uses it. Any key, click or movement of the pointer ends it. */
import { type ReactNode, useEffect, useRef } from 'react';
import { announce } from '@/shared/ui/announce';
import type { ScreensaverDesign } from '@/system/screensaver';
import { Clock } from './Clock';
import { Flow } from './Flow';
import { Orbit } from './Orbit';

const DESIGNS: Record<ScreensaverDesign, () => ReactNode> = {
  clock: () => <Clock />,
  flow: () => <Flow />,
  orbit: () => <Orbit />,
};

/** Px that the pointer moves before that ends the screensaver: a table that shakes is nobody. */
const SHAKE = 12;

export default function Screensaver({
  design,
  onEnd,
}: {
  design: ScreensaverDesign;
  onEnd: () => void;
}) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    root.current?.focus({ preventScroll: true });
    announce('The screensaver is on. Press any key to come back.');
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      announce('The screensaver is off.');
    };
  }, []);
  useEffect(() => {
    let start: { x: number; y: number } | null = null;
    const controller = new AbortController();
    const options = { signal: controller.signal, capture: true };
    const end = (event: Event) => {
      // The key or click that ends it does nothing else.
      event.preventDefault();
      event.stopImmediatePropagation();
      onEnd();
    };
    const moved = (event: PointerEvent) => {
      start ??= { x: event.screenX, y: event.screenY };
      if (Math.hypot(event.screenX - start.x, event.screenY - start.y) > SHAKE) onEnd();
    };
    addEventListener('keydown', end, options);
    addEventListener('pointerdown', end, options);
    addEventListener('wheel', onEnd, { ...options, passive: true });
    addEventListener('pointermove', moved, options);
    return () => controller.abort();
  }, [onEnd]);
  return (
    <div
      ref={root}
      role="dialog"
      aria-modal="true"
      aria-label="Screensaver"
      tabIndex={-1}
      className="fixed inset-0 z-100 cursor-none overflow-hidden bg-surface outline-none"
    >
      {DESIGNS[design]()}
    </div>
  );
}

/** What covers the screen while nobody uses it. Any key, click or movement of the pointer ends it. */
import { useEffect, useRef } from 'react';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { announce } from '@/shared/ui/announce';
import { Optional } from '@/shared/ui/Boundary';
import { endScreensaver, type ScreensaverDesign } from '@/system/screensaver';
import type { LockState } from './lock';

const Design = lazyWithPreload(() => import('./Designs'));

export const preloadDesigns = Design.preload;

/** What the person should know about the lock. */
const NOTES: Record<LockState, string> = {
  warning: 'Locks in 20 seconds. Press a key or touch the screen to stay signed in.',
  locking: 'Locking.',
  locked: 'Locked. Press a key or touch the screen to sign in.',
  offline: 'Not locked: there is no connection. It locks when the connection is back.',
  unsent: 'Not locked: some changes could not be sent yet. Trying again.',
  failed: 'Not locked: Prox OS does not answer. Trying again.',
};

/** Px that the pointer moves before that ends the screensaver: a table that shakes is nobody. */
const SHAKE = 12;

type Props = {
  design: ScreensaverDesign;
  /** How far the lock is; null when this one does not lock. */
  lock: LockState | null;
  onEnd: () => void;
};

export default function Screensaver({ design, lock, onEnd }: Props) {
  const root = useRef<HTMLDivElement>(null);
  /** What gets the focus at the end. */
  const next = useRef<Element | null>(null);
  useEffect(() => {
    next.current = document.activeElement;
    root.current?.focus({ preventScroll: true });
    return () => {
      const { current } = next;
      if (current instanceof HTMLElement && current.isConnected) current.focus();
      announce('The screensaver is off.');
    };
  }, []);
  useEffect(() => {
    announce(lock ? NOTES[lock] : 'The screensaver is on. Press any key to come back.');
    if (lock !== 'locked') return;
    // The page to sign in arrives below, and wants the focus for its first field.
    const caught = ({ target }: FocusEvent) => {
      if (target === root.current) return;
      next.current = target as Element;
      root.current?.focus({ preventScroll: true });
    };
    document.addEventListener('focusin', caught);
    root.current?.focus({ preventScroll: true });
    return () => document.removeEventListener('focusin', caught);
  }, [lock]);
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
      <Optional instead={() => (lock ? null : <Failed />)}>
        <Design.component design={design} />
      </Optional>
      {lock && (
        <p className="absolute inset-x-0 bottom-0 bg-surface px-6 py-3 text-center text-muted">
          {NOTES[lock]}
        </p>
      )}
    </div>
  );
}

/** Its code could not be fetched, for example offline: there is none this time. A lock needs none. */
function Failed() {
  useEffect(endScreensaver, []);
  return null;
}

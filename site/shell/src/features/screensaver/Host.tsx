/** Starts the screensaver that a person chose when nobody has used this page for a while. */
import { useEffect } from 'react';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { usePreferences } from '@/shared/state/preferences';
import { Optional } from '@/shared/ui/Boundary';
import { endScreensaver, showScreensaver, useScreensaver } from '@/system/screensaver';

const Screensaver = lazyWithPreload(() => import('./Screensaver'));

const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/** Milliseconds between two looks at the clock. */
const LOOK_EVERY = 5_000;

/** Whether somebody may be using a page in a frame, whose events never reach this page. */
const isInFrame = () => document.activeElement instanceof HTMLIFrameElement && document.hasFocus();

/** Calls `idle` after so many minutes without a sign of a person. */
function whenIdleFor(minutes: number, idle: () => void): () => void {
  let last = Date.now();
  const seen = () => {
    last = Date.now();
  };
  const timer = setInterval(() => {
    if (document.visibilityState !== 'visible' || isInFrame()) seen();
    // A clock that was set back counts from now.
    last = Math.min(last, Date.now());
    if (Date.now() - last >= minutes * 60_000) idle();
  }, LOOK_EVERY);
  const controller = new AbortController();
  const options = { signal: controller.signal, capture: true, passive: true };
  for (const sign of SIGNS) addEventListener(sign, seen, options);
  return () => {
    clearInterval(timer);
    controller.abort();
  };
}

export default function ScreensaverHost() {
  const { design } = useScreensaver();
  const chosen = usePreferences(({ screensaver }) => screensaver);
  const minutes = usePreferences(({ screensaver_minutes }) => screensaver_minutes);
  useEffect(() => {
    if (chosen === 'off' || design) return;
    Screensaver.preload();
    return whenIdleFor(minutes, () => showScreensaver(chosen));
  }, [chosen, design, minutes]);
  if (!design) return null;
  return (
    <Optional instead={() => <Failed />}>
      <Screensaver.component design={design} onEnd={endScreensaver} />
    </Optional>
  );
}

/** Its code could not be fetched, for example offline: there is none this time. */
function Failed() {
  useEffect(endScreensaver, []);
  return null;
}

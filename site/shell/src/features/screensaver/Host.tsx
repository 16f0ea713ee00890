/** Starts the screensaver that a person chose when nobody has used Prox OS for a while, and its lock. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useNetwork } from '@/shared/lib/online';
import { usePreferences } from '@/shared/state/preferences';
import { endScreensaver, showScreensaver, useScreensaver } from '@/system/screensaver';
import { watchIdle, whenUsedElsewhere } from './idle';
import { Lock, type LockState, WARNING } from './lock';
import { isSignedIn, lock as lockBrowser } from './locking';
import Screensaver, { preloadDesigns } from './Screensaver';

export default function ScreensaverHost() {
  const { design } = useScreensaver();
  const chosen = usePreferences(({ screensaver }) => screensaver);
  const minutes = usePreferences(({ screensaver_minutes }) => screensaver_minutes);
  const locks = usePreferences(({ screensaver_lock }) => screensaver_lock);
  useEffect(() => {
    if (chosen === 'off' || design) return;
    preloadDesigns();
    return watchIdle({
      limit: minutes * 60_000,
      warning: locks ? WARNING : Number.POSITIVE_INFINITY,
      idle: (late) =>
        showScreensaver(chosen, locks && isSignedIn() ? (late ? 'at-once' : 'warned') : null),
    });
  }, [chosen, design, minutes, locks]);
  const { state, end } = useLock();
  if (!design) return null;
  return <Screensaver design={design} lock={state} onEnd={end} />;
}

/** The lock of the screensaver that is shown: how far it is, and what ends the screensaver. */
function useLock(): { state: LockState | null; end: () => void } {
  const kind = useScreensaver(({ lock }) => lock);
  const [state, setState] = useState<LockState | null>(null);
  const running = useRef<Lock | null>(null);
  useEffect(() => {
    if (!kind) return;
    const lock = new Lock({
      attempt: lockBrowser,
      show: setState,
      setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
      clearTimeout: (timer) => clearTimeout(timer),
    });
    running.current = lock;
    lock.start(kind === 'at-once');
    const ends = [
      // Somebody works in another tab: ending its session would lock under their hands.
      whenUsedElsewhere(() => lock.isOpen && endScreensaver()),
      useNetwork.subscribe(({ online }) => online && lock.hurry()),
    ];
    return () => {
      lock.cancel();
      running.current = null;
      setState(null);
      for (const end of ends) end();
    };
  }, [kind]);
  const end = useCallback(() => {
    if (running.current?.mayEnd ?? true) endScreensaver();
  }, []);
  return { state, end };
}

/** Small hooks that own no data of the product. */
import { startTransition, useEffect, useState, useSyncExternalStore } from 'react';

/** `value`, after it stayed the same for `milliseconds`. */
export function useDebounced<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

/** Whether the caller was on the screen once: what takes long to render can wait for that. */
export function usePainted(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    // A frame's callbacks run before it is painted, and a timer of theirs after.
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => startTransition(() => setPainted(true)));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);
  return painted;
}

/** The time, again every half minute, for relative dates. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A phone, upright or on its side; the variant `phone` of the styles says the same. */
const phone = () =>
  matchMedia(
    '(max-width: 639px), (min-width: 540px) and (max-width: 959px) and (max-height: 479px)',
  );

export const isCompact = (): boolean => phone().matches;

/** Whether the viewport is a phone's: the home has pages and windows are sheets there. */
export function useCompact(): boolean {
  return useSyncExternalStore((changed) => {
    const query = phone();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, isCompact);
}

/** The page's title while the caller is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Prox OS` : 'Prox OS';
  }, [title]);
}

/** Says that a list does not have the row that an address names. */
import { useEffect, useRef } from 'react';
import { useWanted } from './wanted';

export function MissingRow({ app, children }: { app: string; children: string }) {
  const isMissing = useWanted(({ missingIn }) => missingIn === app);
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!isMissing) return;
    // The dialog that led here gives the focus back first.
    const frame = requestAnimationFrame(() => line.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [isMissing]);
  // Another window of the app starts without it.
  useEffect(
    () => () =>
      useWanted.setState((state) => (state.missingIn === app ? { missingIn: null } : state)),
    [app],
  );
  if (!isMissing) return null;
  return (
    <p ref={line} tabIndex={-1} className="mb-4 rounded-control bg-sunken px-3 py-2 text-sm">
      {children}
    </p>
  );
}

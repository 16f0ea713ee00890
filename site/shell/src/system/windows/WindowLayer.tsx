/** All windows: flat and in the order of opening, stacked by `z-index` alone. */
import { memo, type ReactNode, useEffect, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCompact } from '@/shared/lib/hooks';
import { whenIdle } from '@/shared/lib/lazy';
import { announce } from '@/shared/ui/announce';
import { Optional } from '@/shared/ui/Boundary';
import { NotHere } from '@/shared/ui/NotHere';
import { useDesktops } from '@/system/desktops/store';
import { closeOverview, Overview, useOverview } from '@/system/overview/store';
import { Switcher, useSwitcher } from '@/system/switcher/store';
import { stageContent } from './staging';
import { dispatch, useWindows } from './store';

export function WindowLayer({ render }: { render: (id: string) => ReactNode }) {
  const ids = useWindows(useShallow((state) => state.open.map((win) => win.id)));
  const layer = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    const measure = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      dispatch({ type: 'area', area: { width, height } });
    });
    measure.observe(element);
    return () => measure.disconnect();
  }, []);

  const isCompact = useCompact();
  const compact = useRef(isCompact);
  compact.current = isCompact;
  useEffect(
    () => (layer.current ? stageContent(layer.current, () => compact.current) : undefined),
    [],
  );

  // A click inside an iframe is not an event of this page: its focus is the only sign.
  useEffect(() => {
    const raise = () => {
      const frame = document.activeElement;
      const id =
        frame instanceof HTMLIFrameElement
          ? frame.closest<HTMLElement>('[data-window]')?.dataset.window
          : null;
      if (!id) return;
      dispatch({ type: 'focus', id });
      announce('Keys now go to the embedded page. Tab past its end to come back to the window.');
    };
    addEventListener('blur', raise);
    return () => removeEventListener('blur', raise);
  }, []);

  const overview = useOverviewPhase();
  const switching = useSwitcher(({ ids: some }) => some.length > 0);
  const travel = useDesktops((state) => state.travel);
  const desktop = useWindows((state) => state.desktop);
  useEffect(() => whenIdle(Overview.preload, Switcher.preload), []);
  return (
    <div
      ref={layer}
      data-window-layer=""
      data-overview={overview}
      data-travel={useTravel(desktop) ? travel : undefined}
      className={`pointer-events-none absolute top-(--bar) right-(--rail) bottom-(--dock) left-0 isolate phone:top-[env(safe-area-inset-top)] phone:bottom-[max(var(--dock),var(--keyboard,0px))] ${overview || switching ? 'z-40' : 'z-10 overflow-clip phone:z-30'}`}
    >
      {ids.map((id) => (
        <Slot key={id} id={id} render={render} />
      ))}
      {overview === 'open' && (
        <Optional instead={() => <NotHere close={closeOverview} />}>
          <Overview.component layer={layer} compact={isCompact} />
        </Optional>
      )}
      {switching && (
        <Optional>
          <Switcher.component />
        </Optional>
      )}
    </div>
  );
}

/** Milliseconds in which windows go to their places in the overview, and back. */
const TRAVEL = 180;

/** `closing`: the windows are on their way back. */
function useOverviewPhase(): 'open' | 'closing' | undefined {
  const isOpen = useOverview((state) => state.isOpen);
  const [closing, setClosing] = useState(false);
  const was = useRef(isOpen);
  useEffect(() => {
    const left = was.current && !isOpen;
    was.current = isOpen;
    if (!left) return;
    setClosing(true);
    const timer = setTimeout(() => setClosing(false), TRAVEL);
    return () => clearTimeout(timer);
  }, [isOpen]);
  return isOpen ? 'open' : closing ? 'closing' : undefined;
}

/** Whether another desktop was shown just now; not on the first one. */
function useTravel(desktop: string): boolean {
  const [from, setFrom] = useState(desktop);
  useEffect(() => {
    const timer = setTimeout(() => setFrom(desktop), TRAVEL);
    return () => clearTimeout(timer);
  }, [desktop]);
  return from !== desktop && from !== '';
}

/** Another window that opens is no reason to render this one again. */
const Slot = memo(function Slot({ id, render }: { id: string; render: (id: string) => ReactNode }) {
  return render(id);
});

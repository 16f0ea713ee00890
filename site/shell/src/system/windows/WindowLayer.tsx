/** All windows: flat and in the order of opening, stacked by `z-index` alone. */
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCompact } from '@/shared/lib/hooks';
import { announce } from '@/shared/ui/announce';
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

  const compact = useRef(false);
  compact.current = useCompact();
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

  return (
    <div
      ref={layer}
      data-window-layer=""
      className="pointer-events-none absolute inset-x-0 top-13 bottom-[76px] isolate z-10 overflow-clip max-sm:top-0 max-sm:bottom-16 max-sm:z-30"
    >
      {ids.map((id) => (
        <Slot key={id} id={id} render={render} />
      ))}
    </div>
  );
}

/** Another window that opens is no reason to render this one again. */
const Slot = memo(function Slot({ id, render }: { id: string; render: (id: string) => ReactNode }) {
  return render(id);
});

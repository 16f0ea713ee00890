/** The window switcher: its picture and its keys. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { isPressed } from '@/shared/actions/registry';
import { useDesktops } from '@/system/desktops/store';
import { useWindows } from '@/system/windows/store';
import { WindowIcon } from '@/system/windows/WindowIcon';
import { choose, closeSwitcher, stepSwitcher, takeSwitcher, useSwitcher } from './store';

/** The keys of the switcher. */
function useKeys(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      const { ids, at } = useSwitcher.getState();
      // The registry acts on these.
      if (isPressed(event, 'window.switcher') || isPressed(event, 'window.switcher-back')) return;
      const keys: Record<string, () => void> = {
        ArrowRight: () => stepSwitcher(1),
        ArrowDown: () => stepSwitcher(1),
        ArrowLeft: () => stepSwitcher(-1),
        ArrowUp: () => stepSwitcher(-1),
        Tab: () => stepSwitcher(event.shiftKey ? -1 : 1),
        Home: () => choose(0),
        End: () => choose(ids.length - 1),
        Enter: takeSwitcher,
        ' ': takeSwitcher,
        Escape: closeSwitcher,
      };
      const act = keys[event.key];
      if (!act || at < 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    addEventListener('keydown', down, true);
    addEventListener('blur', closeSwitcher);
    return () => {
      removeEventListener('keydown', down, true);
      removeEventListener('blur', closeSwitcher);
    };
  }, []);
}

export default function Switcher() {
  useKeys();
  const { ids, at } = useSwitcher();
  const { open, faces, desktop } = useWindows();
  const all = useDesktops((state) => state.all);
  const list = useRef<HTMLDivElement>(null);
  const chosen = ids[at];
  // A layout effect, since its end runs while the list is still in the page.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const own = list.current;
    own?.focus();
    return () => {
      // A window that was chosen takes the focus itself.
      if (before instanceof HTMLElement && own?.contains(document.activeElement)) before.focus();
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <div
      role="dialog"
      aria-modal="true"
      aria-label="Switch windows"
      className="pointer-events-auto fixed inset-0 z-[2100] grid place-items-center bg-scrim p-4"
    >
      {/* A click beside it closes it, as Escape does. */}
      <div aria-hidden="true" className="absolute inset-0" onPointerDown={closeSwitcher} />
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label="Windows"
        aria-activedescendant={chosen ? `switch-${chosen}` : undefined}
        className="relative flex max-h-full max-w-full flex-wrap justify-center gap-1 overflow-y-auto rounded-card bg-raised p-2 shadow-dialog outline-none"
      >
        {ids.map((id, index) => {
          const win = open.find((one) => one.id === id);
          const face = faces[id] ?? { title: 'Window', picture: null };
          const where = win && win.desktop !== desktop && all.find((one) => one.id === win.desktop);
          const note = where ? where.name : win?.minimized ? 'Minimized' : '';
          return (
            // The keys are above; a pointer chooses as well.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={id}
              id={`switch-${id}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className="flex w-28 flex-col items-center gap-1.5 rounded-control p-3 text-center text-sm aria-selected:bg-active aria-selected:shadow-[inset_0_0_0_2px_var(--accent)]"
              onPointerEnter={() => index !== at && choose(index)}
              onClick={takeSwitcher}
            >
              <WindowIcon id={id} face={face} size={48} />
              <span dir="auto" className="line-clamp-2 w-full [overflow-wrap:anywhere]">
                {face.title}
              </span>
              <span className="min-h-4 w-full truncate text-xs text-muted">{note}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** One window: title bar, edges and keyboard. What is inside belongs to the caller. */
import { Maximize2, Minimize2, Minus, MoreHorizontal, Move, X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { menuEntry } from '@/shared/actions/registry';
import { useCompact, usePainted } from '@/shared/lib/hooks';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { announce } from '@/shared/ui/announce';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { startMove, startResize } from './gestures';
import { nudge, reshape } from './keyboard';
import { type Edge, frameOf, isShown, type Shape, type Win } from './model';
import {
  closeWindow,
  dispatch,
  focusWindow,
  minimizeWindow,
  nameWindow,
  useIsActive,
  useIsSeen,
  useWin,
  useWindows,
} from './store';

const EDGES: [Edge, string][] = [
  ['n', 'inset-x-3 -top-1 h-2 cursor-ns-resize'],
  ['s', 'inset-x-3 -bottom-1 h-2 cursor-ns-resize'],
  ['e', 'inset-y-3 -right-1 w-2 cursor-ew-resize'],
  ['w', 'inset-y-3 -left-1 w-2 cursor-ew-resize'],
  ['ne', '-top-1 -right-1 size-4 cursor-nesw-resize'],
  ['nw', '-top-1 -left-1 size-4 cursor-nwse-resize'],
  ['se', '-right-1 -bottom-1 size-4 cursor-nwse-resize'],
  ['sw', '-bottom-1 -left-1 size-4 cursor-nesw-resize'],
];

type Props = {
  id: string;
  title: string;
  picture?: string | null;
  /** Buttons of the caller, before the window's own. */
  actions?: ReactNode;
  /** Entries of the caller, on top of the window's menu. */
  menu?: MenuEntry[];
  /** Whether its content is rendered although it was not seen yet. */
  eager?: boolean;
  children: ReactNode;
};

export function WindowFrame({
  id,
  title,
  picture = null,
  actions,
  menu = [],
  eager = false,
  children,
}: Props) {
  const win = useWin(id);
  const active = useIsActive(id);
  const compact = useCompact();
  const depth = useWindows((state) => state.stack.indexOf(id));
  const area = useWindows((state) => state.area);
  const hidden = useWindows((state) => !win || !isShown(win, state.desktop));
  const seen = useIsSeen(id);
  const element = useRef<HTMLElement>(null);
  const titleId = useId();
  const [snap, setSnap] = useState<Shape>('free');
  // The frame answers the click; what is in it may take a little longer.
  const painted = usePainted();

  useEffect(() => nameWindow(id, { title, picture }), [id, title, picture]);
  // A window that somebody opens takes the focus; one that the desktop restores does not.
  const takesFocus = useRef(active && win?.restored === false);
  useEffect(() => {
    if (takesFocus.current) element.current?.focus({ preventScroll: true });
  }, []);

  if (!win) return null;
  const frame = frameOf(win, area);
  const filled = compact || win.shape !== 'free';
  return (
    <>
      {snap !== 'free' && <SnapPreview win={win} shape={snap} depth={depth} />}
      <section
        ref={element}
        role="dialog"
        aria-labelledby={titleId}
        tabIndex={-1}
        data-window={id}
        hidden={hidden}
        className={`pointer-events-auto absolute top-0 left-0 flex flex-col will-change-[translate] bg-raised outline-none ${
          filled ? 'shadow-[0_0_0_1px_var(--line)]' : 'rounded-card shadow-window'
        } [animation:rise_var(--slow)_var(--ease-out)] [&[hidden]]:hidden`}
        style={
          compact
            ? { inset: 0, zIndex: depth }
            : {
                // Not `left` and `top`: a window that is dragged needs no layout and no paint.
                translate: `${Math.round(frame.x)}px ${Math.round(frame.y)}px`,
                width: frame.width,
                height: frame.height,
                zIndex: depth,
              }
        }
        onPointerDownCapture={() => dispatch({ type: 'focus', id })}
        onFocusCapture={() => dispatch({ type: 'focus', id })}
      >
        {/* The title bar is for pointers; the handle, the buttons and the menu do the same for keyboards. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
        <div
          className={`flex h-11 flex-none max-sm:h-[52px] pointer-coarse:h-[52px] touch-none items-center gap-1 border-b border-line pr-1.5 pl-4 select-none ${active ? '' : 'text-muted'}`}
          onPointerDown={(event) => {
            if (compact || (event.target as Element).closest('button, a')) return;
            startMove(id, event, setSnap);
          }}
          onDoubleClick={(event) => {
            if (!(event.target as Element).closest('button, a')) reshape(id, 'maximized');
          }}
        >
          <h2 id={titleId} dir="auto" className="min-w-0 flex-1 truncate text-start text-base">
            {title}
          </h2>
          {!compact && <Handle id={id} title={title} />}
          {actions}
          <WindowButtons id={id} title={title} win={win} compact={compact} menu={menu} />
        </div>
        <div className={`min-h-0 flex-1 overflow-hidden ${filled ? '' : 'rounded-b-card'}`}>
          {painted && (seen || eager) && children}
        </div>
        {!filled &&
          EDGES.map(([edge, place]) => (
            <div
              key={edge}
              aria-hidden="true"
              className={`absolute touch-none select-none ${place}`}
              onPointerDown={(event) => startResize(id, edge, event)}
            />
          ))}
      </section>
    </>
  );
}

/** Where the arrow keys move the window; seen when it has the focus. */
function Handle({ id, title }: { id: string; title: string }) {
  return (
    <button
      type="button"
      className="button button-quiet sr-only focus:not-sr-only focus:!h-8 focus:!min-h-8 focus:!px-2.5"
      aria-label={`Move or resize ${title}`}
      aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown"
      data-handle=""
      onFocus={() =>
        announce('Arrow keys move the window. With Shift they resize it. Escape leaves.')
      }
      onKeyDown={(event) => {
        if (nudge(id, event)) event.preventDefault();
        if (event.key === 'Escape' || event.key === 'Enter') focusWindow(id);
      }}
    >
      <Move size={16} aria-hidden="true" /> Arrow keys
    </button>
  );
}

/** A button of a title bar; large enough for a finger where fingers use it. */
export const TITLE_BUTTON =
  'button button-quiet button-icon !min-h-8 !w-8 max-sm:!min-h-[44px] max-sm:!w-[44px] pointer-coarse:!min-h-[44px] pointer-coarse:!w-[44px] text-muted hover:text-text';

type ButtonsProps = { id: string; title: string; win: Win; compact: boolean; menu: MenuEntry[] };

function WindowButtons({ id, title, win, compact, menu }: ButtonsProps) {
  const maximized = win.shape === 'maximized';
  const Size = maximized ? Minimize2 : Maximize2;
  const handle = () =>
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>(`[data-window="${CSS.escape(id)}"] [data-handle]`)
        ?.focus(),
    );
  const entries = (): MenuEntry[] => [
    ...menu,
    ...(menu.length > 0 ? [{ kind: 'line' } as const] : []),
    ...(compact
      ? []
      : ([
          menuEntry('window.snap-left', { run: () => reshape(id, 'left') }),
          menuEntry('window.snap-right', { run: () => reshape(id, 'right') }),
          menuEntry('window.maximize', {
            label: maximized ? 'Restore' : 'Maximize',
            run: () => reshape(id, 'maximized'),
          }),
          { kind: 'action', label: 'Move with the keyboard', icon: Move, run: handle },
          { kind: 'line' },
        ] satisfies MenuEntry[])),
    menuEntry('window.minimize', { label: 'Minimize', run: () => minimizeWindow(id) }),
    menuEntry('window.close', { label: 'Close', run: () => closeWindow(id) }),
  ];
  return (
    <>
      <button
        type="button"
        className={TITLE_BUTTON}
        aria-label={`Menu of ${title}`}
        aria-haspopup="menu"
        {...preloadOnIntent(preloadMenu)}
        onClick={(event) => openMenu(`Window ${title}`, event.currentTarget, entries())}
      >
        <MoreHorizontal size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className={TITLE_BUTTON}
        aria-label={`Minimize ${title}`}
        onClick={() => minimizeWindow(id)}
      >
        <Minus size={16} aria-hidden="true" />
      </button>
      {!compact && (
        <button
          type="button"
          className={TITLE_BUTTON}
          aria-label={`${maximized ? 'Restore' : 'Maximize'} ${title}`}
          onClick={() => reshape(id, 'maximized')}
        >
          <Size size={14} aria-hidden="true" />
        </button>
      )}
      <button
        type="button"
        className={TITLE_BUTTON}
        aria-label={`Close ${title}`}
        onClick={() => closeWindow(id)}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </>
  );
}

function SnapPreview({ win, shape, depth }: { win: Win; shape: Shape; depth: number }) {
  const area = useWindows((state) => state.area);
  const { x, y, width, height } = frameOf({ ...win, shape }, area);
  return (
    <div
      aria-hidden="true"
      className="absolute rounded-card bg-accent-soft opacity-60 shadow-[inset_0_0_0_2px_var(--accent)]"
      style={{ left: x + 6, top: y + 6, width: width - 12, height: height - 12, zIndex: depth }}
    />
  );
}

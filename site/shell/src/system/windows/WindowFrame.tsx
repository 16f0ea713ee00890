/** One window: title bar, edges and keyboard. What is inside belongs to the caller. */

import {
  ArrowLeftRight,
  LayoutGrid,
  Maximize2,
  Minimize2,
  Minus,
  MoreHorizontal,
  Move,
  Pin,
  X,
} from 'lucide-react';
import {
  type CSSProperties,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { menuEntry } from '@/shared/actions/registry';
import { useCompact, usePainted } from '@/shared/lib/hooks';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { isCalm } from '@/shared/lib/motion';
import { announce } from '@/shared/ui/announce';
import { Face, useTint } from '@/shared/ui/Face';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { sendWindow } from '@/system/desktops/commands';
import { useDesktops } from '@/system/desktops/store';
import type { Scaled } from '@/system/overview/geometry';
import { useOverview } from '@/system/overview/store';
import { startMove, startResize } from './gestures';
import { nudge, pin, reshape, SHAPE_NAMES } from './keyboard';
import { type Edge, frameOf, isShown, type Rect, type Shape, type Win } from './model';
import { startPull } from './sheet';
import {
  closeWindow,
  dispatch,
  focusWindow,
  groupWindow,
  minimizeWindow,
  nameWindow,
  takeOrigin,
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
  /** `#rrggbb`: tints the title bar; else that of the picture does. */
  color?: string | null;
  /** In the place of a picture. */
  icon?: ReactNode;
  /** What it is grouped by in a crowded dock. */
  group?: string;
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
  color = null,
  icon,
  group,
  actions,
  menu = [],
  eager = false,
  children,
}: Props) {
  const win = useWin(id);
  const active = useIsActive(id);
  const compact = useCompact();
  const depth = useWindows((state) => state.depths[id] ?? 0);
  const area = useWindows((state) => state.area);
  const hidden = useWindows((state) => !win || !isShown(win, state.desktop));
  const seen = useIsSeen(id);
  const element = useRef<HTMLElement>(null);
  const titleId = useId();
  const [snap, setSnap] = useState<Shape>('free');
  // The frame answers the click; what is in it may take a little longer.
  const painted = usePainted();

  const tint = useTint({ name: title, picture, color });
  const place = useOverview((state) => state.places[id]);
  const overviewed = useOverview((state) => state.isOpen);

  useEffect(() => nameWindow(id, { title, picture, color }), [id, title, picture, color]);
  useEffect(() => {
    if (group) groupWindow(id, group);
  }, [id, group]);
  // Before the first paint, so that it is never seen at its place before it grows.
  useLayoutEffect(() => {
    if (element.current) grow(element.current, takeOrigin(id));
  }, [id]);
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
        hidden={hidden && !place}
        inert={overviewed}
        className={`pointer-events-auto absolute top-0 left-0 flex origin-top-left flex-col will-change-[translate] bg-raised outline-none ${
          compact && !place
            ? 'rounded-t-card shadow-window'
            : filled && !place
              ? 'shadow-[0_0_0_1px_var(--line)]'
              : 'rounded-card shadow-window'
        } ${place ? 'overflow-hidden' : ''} [&[hidden]]:hidden`}
        style={styleOf({ frame: compact ? { x: 0, y: 0, ...area } : frame, place, compact, depth })}
        onPointerDownCapture={() => dispatch({ type: 'focus', id })}
        onFocusCapture={() => dispatch({ type: 'focus', id })}
      >
        {/* The title bar is for pointers; the handle, the buttons and the menu do the same for keyboards. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
        <div
          className={`relative flex h-11 flex-none phone:h-[56px] phone:pt-1.5 pointer-coarse:h-[52px] touch-none items-center gap-1 border-b border-line pr-1.5 pl-3 select-none ${active ? '' : 'text-muted'} ${icon ? '' : 'title-tint'} ${filled && !compact ? '' : 'rounded-t-card'}`}
          style={icon ? undefined : { ['--window-color' as string]: tint }}
          onPointerDown={(event) => {
            if (compact) startPull(id, event);
            else if (!(event.target as Element).closest('button, a')) startMove(id, event, setSnap);
          }}
          onDoubleClick={(event) => {
            if (!compact && !(event.target as Element).closest('button, a'))
              reshape(id, 'maximized');
          }}
        >
          <span aria-hidden="true" className="mr-1.5 flex-none">
            {icon ?? <Face name={title} picture={picture} color={color} size="20px" />}
          </span>
          <h2 id={titleId} dir="auto" className="min-w-0 flex-1 truncate text-start text-base">
            {title}
          </h2>
          {win.pinned && (
            <button
              type="button"
              className={TITLE_BUTTON}
              aria-label={`${title} stays on top. Do not keep it there`}
              onClick={() => pin(id, false)}
            >
              <Pin size={14} aria-hidden="true" />
            </button>
          )}
          {compact && <Pull id={id} title={title} />}
          {!compact && <Handle id={id} title={title} />}
          {actions}
          <WindowButtons id={id} title={title} win={win} compact={compact} menu={menu} />
        </div>
        <div
          data-content=""
          className={`min-h-0 flex-1 overflow-hidden ${filled ? '' : 'rounded-b-card'}`}
        >
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

type Style = {
  frame: Rect;
  /** Where the overview draws it. */
  place: (Scaled & { depth: number }) | undefined;
  compact: boolean;
  depth: number;
};

function styleOf({ frame, place, compact, depth }: Style): CSSProperties {
  const { x, y, width, height } = frame;
  if (place)
    return {
      translate: `${place.x}px ${place.y}px`,
      scale: place.scale,
      width,
      height,
      zIndex: place.depth,
    };
  if (compact) return { inset: 0, zIndex: depth };
  // Not `left` and `top`: a window that is dragged needs no layout and no paint.
  return {
    translate: `${Math.round(x)}px ${Math.round(y)}px`,
    width,
    height,
    zIndex: depth,
  };
}

/** Milliseconds in which a window grows. */
const GROW = 160;

/** Lets a new window grow out of the element that opened it. */
function grow(element: HTMLElement, from: Rect | null): void {
  if (element.hidden || isCalm()) return;
  const to = element.getBoundingClientRect();
  const grown = from && from.width > 0 && from.width * from.height < to.width * to.height;
  const start = grown
    ? `translate(${from.x - to.x}px, ${from.y - to.y}px) scale(${from.width / to.width}, ${from.height / to.height})`
    : 'translateY(6px) scale(0.985)';
  element.animate(
    [
      { transform: start, opacity: grown ? 0.4 : 0 },
      { transform: 'none', opacity: 1 },
    ],
    { duration: GROW, easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)' },
  );
}

/** What a sheet is pulled down by; pressed, it does the same. */
const Pull = ({ id, title }: { id: string; title: string }) => (
  <button
    type="button"
    className="absolute top-0 left-1/2 flex h-[44px] w-24 -translate-x-1/2 justify-center pt-1.5"
    aria-label={`Minimize ${title}`}
    onClick={() => minimizeWindow(id)}
  >
    <span
      aria-hidden="true"
      className="h-1 w-9 rounded-full bg-line-strong forced-colors:bg-[CanvasText]"
    />
  </button>
);

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
  'button button-quiet button-icon !min-h-8 !w-8 phone:!min-h-[44px] phone:!w-[44px] pointer-coarse:!min-h-[44px] pointer-coarse:!w-[44px] text-muted hover:text-text';

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
          {
            kind: 'submenu',
            label: 'Snap to',
            icon: LayoutGrid,
            entries: SNAPS.map((shape) => ({
              kind: 'choice',
              label: SHAPE_NAMES[shape],
              chosen: win.shape === shape,
              run: () => reshape(id, shape),
            })),
          },
          { kind: 'action', label: 'Move with the keyboard', icon: Move, run: handle },
          { kind: 'line' },
          {
            kind: 'choice',
            label: 'Always on top',
            icon: Pin,
            chosen: win.pinned,
            run: () => pin(id, !win.pinned),
          },
        ] satisfies MenuEntry[])),
    ...desktopEntries(win),
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
      {!compact && (
        <button
          type="button"
          className={TITLE_BUTTON}
          aria-label={`Minimize ${title}`}
          onClick={() => minimizeWindow(id)}
        >
          <Minus size={16} aria-hidden="true" />
        </button>
      )}
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

/** The shapes that have no entry of their own in the menu. */
const SNAPS = [
  'top-left',
  'top-right',
  'bottom-left',
  'bottom-right',
  'left-third',
  'center-third',
  'right-third',
] as const satisfies readonly Shape[];

/** Where else the window can go; nothing while there is one desktop. */
function desktopEntries({ id, desktop }: Win): MenuEntry[] {
  const { all } = useDesktops.getState();
  if (all.length < 2) return [];
  const entries = all
    .filter((one) => one.id !== desktop)
    .map(
      ({ id: to, name }): MenuEntry => ({
        kind: 'action',
        label: name,
        run: () => sendWindow(id, to),
      }),
    );
  return [{ kind: 'submenu', label: 'Move to desktop', icon: ArrowLeftRight, entries }];
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

/**
 * All windows at once: the live windows themselves, scaled. A strip shows the desktops; below it are
 * the windows of the one that is shown. A window is opened, closed, or dragged to another desktop.
 */
import {
  AppWindow,
  ArrowLeft,
  ArrowRight,
  MoreHorizontal,
  PencilLine,
  Plus,
  Trash2,
  X,
} from 'lucide-react';
import {
  type KeyboardEvent,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useShallow } from 'zustand/react/shallow';
import { isPressed } from '@/shared/actions/registry';
import { announce } from '@/shared/ui/announce';
import { type MenuAnchor, type MenuEntry, openMenu } from '@/shared/ui/menu';
import {
  addDesktop,
  canAdd,
  checkName,
  removeDesktop,
  renameDesktop,
  sendWindow,
  shiftDesktop,
  showDesktopOf,
} from '@/system/desktops/commands';
import { type Desktop, stepFrom } from '@/system/desktops/model';
import { useDesktops } from '@/system/desktops/store';
import { wallpaperOf } from '@/system/desktops/wallpaper';
import { activeOf, frameOf, type Rect, type Win } from '@/system/windows/model';
import { closeWindow, focusWindow, useWindows, windowElement } from '@/system/windows/store';
import { WindowIcon } from '@/system/windows/WindowIcon';
import { DesktopMap, mapOf } from './DesktopMap';
import { belowStrip, inPanel, labelRoom, nearest, panels, type Scaled, spread } from './geometry';
import { closeOverview, useOverview } from './store';

const viewportSize = () => ({ width: innerWidth, height: innerHeight });

/** The size of the viewport, which the overview fills. */
function useViewport() {
  const [size, setSize] = useState(viewportSize);
  useEffect(() => {
    const changed = () => setSize(viewportSize());
    addEventListener('resize', changed);
    return () => removeEventListener('resize', changed);
  }, []);
  return size;
}

type Props = {
  /** The element of all windows, to whose corner their places relate. */
  layer: RefObject<HTMLElement | null>;
  /** Whether windows are sheets that fill the area. */
  compact: boolean;
};

export default function Overview({ layer, compact }: Props) {
  const { open, area, desktop } = useWindows(
    useShallow(({ open, area, desktop }) => ({ open, area, desktop })),
  );
  const all = useDesktops((state) => state.all);
  const viewport = useViewport();
  const root = useRef<HTMLElement>(null);
  const [over, setOver] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);

  const strip = useMemo(() => panels(all.length, viewport, area), [all.length, viewport, area]);
  const own = useMemo(() => open.filter((win) => win.desktop === desktop), [open, desktop]);
  const filled = useMemo(() => ({ x: 0, y: 0, ...area }), [area]);
  const frames = useMemo(
    () => new Map(open.map((win) => [win.id, compact ? filled : frameOf(win, area)])),
    [open, area, compact, filled],
  );
  const outlines = useMemo(
    () => mapOf(own, ({ id }) => frames.get(id) ?? filled),
    [own, frames, filled],
  );
  const tiles = useMemo(() => {
    const sizes = own.map(({ id }) => frames.get(id) ?? area);
    return spread(sizes, belowStrip(strip), viewport);
  }, [own, frames, strip, viewport, area]);

  // Before the paint: the windows leave for their places in the same frame.
  useLayoutEffect(() => {
    const corner = layer.current?.getBoundingClientRect();
    if (!corner) return;
    const { stack } = useWindows.getState();
    const places: Record<string, Scaled & { depth: number }> = {};
    const put = (id: string, { x, y, scale }: Scaled) => {
      const depth = stack.indexOf(id);
      places[id] = { x: x - corner.left, y: y - corner.top, scale, depth };
    };
    for (const [at, { id }] of own.entries()) {
      const tile = tiles[at];
      if (tile) put(id, tile);
    }
    for (const win of open) {
      const panel = strip[all.findIndex(({ id }) => id === win.desktop)];
      const frame = frames.get(win.id);
      if (win.desktop !== desktop && !win.minimized && panel && frame)
        put(win.id, inPanel(frame, panel, area));
    }
    useOverview.setState({ places });
  }, [layer, open, own, tiles, frames, strip, all, desktop, area]);

  useInertDesktop();
  useEffect(() => {
    const active = activeOf(useWindows.getState());
    const first = active
      ? root.current?.querySelector<HTMLElement>(`[data-tile-of="${CSS.escape(active)}"]`)
      : root.current?.querySelector<HTMLElement>('[aria-current="true"]');
    first?.focus();
    announce('Overview of all windows');
  }, []);

  const leave = () => {
    closeOverview();
    const active = activeOf(useWindows.getState());
    if (active) focusWindow(active);
    else document.querySelector<HTMLElement>('[data-region="desktop"]')?.focus();
  };
  const pick = (id: string) => {
    closeOverview();
    focusWindow(id);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' && !isPressed(event.nativeEvent, 'window.overview')) return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  };

  return (
    <>
      <div
        aria-hidden="true"
        className="pointer-events-auto fixed inset-0 -z-1 bg-surface [animation:fade_var(--slow)_var(--ease-out)]"
        onClick={leave}
      >
        {all.map(({ id }, at) => (
          <Panel key={id} rect={strip[at]} current={id === desktop} over={id === over}>
            <DesktopMap
              wallpaper={wallpaperOf(id)}
              // Those of other desktops are there themselves, scaled.
              windows={id === desktop ? outlines : []}
              area={area}
            />
          </Panel>
        ))}
      </div>
      {/* The keys belong to what is in it; the box only listens for all of them. */}
      <section
        ref={root}
        role="dialog"
        aria-modal="true"
        aria-label="Overview"
        data-overview=""
        className="pointer-events-none fixed inset-0 z-[2000]"
        onKeyDown={keyDown}
      >
        <ul aria-label="Desktops">
          {all.map((one, at) => (
            <DesktopPanel
              key={one.id}
              desktop={one}
              at={at}
              count={all.length}
              windows={open.filter((win) => win.desktop === one.id).length}
              rect={strip[at]}
              room={labelRoom(strip)}
              current={one.id === desktop}
              renaming={one.id === renaming}
              onRename={(rename) => setRenaming(rename ? one.id : null)}
            />
          ))}
        </ul>
        <div className="pointer-events-auto absolute top-2 right-2 flex gap-1 sm:top-3 sm:right-3">
          {canAdd() && (
            <button type="button" className="button button-quiet" onClick={() => addDesktop()}>
              <Plus size={16} aria-hidden="true" />
              <span className="max-sm:sr-only">New desktop</span>
            </button>
          )}
          <button
            type="button"
            className="button button-quiet button-icon"
            aria-label="Close the overview"
            onClick={leave}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
        <Tiles
          own={own}
          tiles={tiles}
          frames={frames}
          strip={strip}
          all={all}
          onOver={setOver}
          onPick={pick}
        />
        {own.length === 0 && (
          <div
            className="absolute inset-x-4 bottom-[12%] grid place-content-center justify-items-center gap-1 text-center"
            style={{ top: belowStrip(strip) }}
          >
            <AppWindow
              size={32}
              strokeWidth={1.4}
              aria-hidden="true"
              className="mb-2 text-faint max-[400px]:hidden"
            />
            <p className="text-lg font-semibold">No window is open on this desktop</p>
            <p className="text-muted">What you open is shown here, side by side.</p>
          </div>
        )}
      </section>
    </>
  );
}

/** The rest of the page cannot be reached meanwhile. */
function useInertDesktop(): void {
  useEffect(() => {
    const shown = document.querySelector<HTMLElement>('.desktop-content');
    const rest = [
      ...document.querySelectorAll<HTMLElement>(
        '[data-region="top"], [data-region="dock"], [data-region="desktop"] > *',
      ),
    ].filter((element) => element !== shown);
    for (const element of rest) element.inert = true;
    // Nothing of it is seen, and `inert` would style each of its hundreds of tiles, twice.
    if (shown) {
      shown.style.containIntrinsicHeight = `${shown.offsetHeight}px`;
      shown.style.contentVisibility = 'hidden';
    }
    return () => {
      for (const element of rest) element.inert = false;
      shown?.style.removeProperty('content-visibility');
      shown?.style.removeProperty('contain-intrinsic-height');
    };
  }, []);
}

type PanelProps = {
  rect: Rect | undefined;
  current: boolean;
  over: boolean;
  children: React.ReactNode;
};

/** The background of a panel, behind the windows in it. */
function Panel({ rect, current, over, children }: PanelProps) {
  if (!rect) return null;
  const ring = over
    ? 'shadow-[0_0_0_3px_var(--accent)]'
    : current
      ? 'shadow-[0_0_0_2px_var(--accent)]'
      : 'shadow-[0_0_0_1px_var(--line)]';
  return (
    <div
      className={`absolute rounded-control ${over ? 'bg-accent-soft' : 'bg-sunken'} ${ring}`}
      style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}
    >
      {children}
    </div>
  );
}

type DesktopPanelProps = {
  desktop: Desktop;
  at: number;
  count: number;
  windows: number;
  rect: Rect | undefined;
  /** The most that the label takes, in px. */
  room: number;
  current: boolean;
  renaming: boolean;
  onRename: (rename: boolean) => void;
};

function DesktopPanel(props: DesktopPanelProps) {
  const { desktop, at, count, windows, rect, room, current, renaming, onRename } = props;
  const { id, name } = desktop;
  const button = useRef<HTMLButtonElement>(null);
  if (!rect) return null;
  const entries = (): MenuEntry[] => [
    { kind: 'action', label: 'Rename', icon: PencilLine, run: () => onRename(true) },
    {
      kind: 'action',
      label: 'Move left',
      icon: ArrowLeft,
      hint: 'Alt ←',
      disabled: at === 0,
      run: () => shiftDesktop(id, -1),
    },
    {
      kind: 'action',
      label: 'Move right',
      icon: ArrowRight,
      hint: 'Alt →',
      disabled: at === count - 1,
      run: () => shiftDesktop(id, 1),
    },
    { kind: 'line' },
    {
      kind: 'action',
      label: 'Remove',
      icon: Trash2,
      danger: true,
      disabled: count === 1,
      run: () => removeDesktop(id),
    },
  ];
  const keyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : null;
    if (event.altKey && by) shiftDesktop(id, by);
    else if (event.key === 'F2') onRename(true);
    else if (event.key === 'Delete') removeDesktop(id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li
      className="group pointer-events-auto absolute"
      style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}
    >
      <button
        ref={button}
        type="button"
        className="absolute inset-0 rounded-control"
        aria-current={current}
        aria-label={`${name}, desktop ${at + 1} of ${count}, ${windows === 1 ? '1 window' : `${windows} windows`}`}
        onClick={() => showDesktopIn(id)}
        onDoubleClick={() => onRename(true)}
        onKeyDown={keyDown}
        onContextMenu={(event) => {
          event.preventDefault();
          openMenu(name, event.currentTarget, entries());
        }}
      />
      {renaming ? (
        <NameField
          name={name}
          onDone={(next) => {
            onRename(false);
            if (next !== null && next !== name) renameDesktop(id, next);
            button.current?.focus();
          }}
        />
      ) : (
        <span
          className="pointer-events-none absolute top-full left-1/2 mt-1 flex h-6 w-max -translate-x-1/2 items-center justify-center gap-0.5 text-sm"
          style={{ maxWidth: room }}
        >
          <span dir="auto" className={`truncate ${current ? 'font-medium' : 'text-muted'}`}>
            {name}
          </span>
          <button
            type="button"
            className="pointer-events-auto grid size-6 flex-none place-items-center rounded-control text-muted hover:bg-hover hover:text-text pointer-coarse:size-[44px]"
            aria-label={`Menu of the desktop ${name}`}
            aria-haspopup="menu"
            onClick={(event) => openMenu(name, event.currentTarget, entries())}
          >
            <MoreHorizontal size={14} aria-hidden="true" />
          </button>
        </span>
      )}
    </li>
  );
}

/** Shows a desktop, and stays in the overview. */
function showDesktopIn(id: string): void {
  const { desktop } = useWindows.getState();
  if (desktop === id) {
    closeOverview();
    document.querySelector<HTMLElement>('[data-region="desktop"]')?.focus();
    return;
  }
  const here = document.activeElement;
  showDesktopOf(id);
  if (here instanceof HTMLElement) here.focus();
}

function NameField({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const [text, setText] = useState(name);
  const error = checkName(text);
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it replaces the name that somebody chose to edit
      autoFocus
      aria-label="Name of the desktop"
      aria-invalid={error !== null}
      title={error ?? undefined}
      className="field absolute inset-x-0 top-full mt-1 !min-h-7 !px-2 !py-0.5 text-center text-sm"
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(error ? null : text.trim())}
      onKeyDown={(event) => {
        event.stopPropagation();
        // The button that gets the focus must not be pressed by the same key.
        if (event.key === 'Enter') event.preventDefault();
        if (event.key === 'Enter' && !error) onDone(text.trim());
        if (event.key === 'Escape') onDone(null);
      }}
    />
  );
}

type TilesProps = {
  own: readonly Win[];
  tiles: readonly Scaled[];
  frames: ReadonlyMap<string, Rect>;
  strip: readonly Rect[];
  all: readonly Desktop[];
  onOver: (desktop: string | null) => void;
  onPick: (id: string) => void;
};

function Tiles({ own, tiles, frames, strip, all, onOver, onPick }: TilesProps) {
  const { faces, off } = useWindows(
    useShallow(({ faces, suspended, unseen }) => ({
      faces,
      off: [...suspended, ...unseen].join(),
    })),
  );
  const list = useRef<HTMLUListElement>(null);
  const rects = own.map(({ id }, at): Rect => {
    const { x, y, scale } = tiles[at] ?? { x: 0, y: 0, scale: 0 };
    const { width, height } = frames.get(id) ?? { width: 0, height: 0 };
    return { x, y, width: width * scale, height: height * scale };
  });
  const button = (at: number) =>
    list.current?.querySelectorAll<HTMLElement>('[data-tile-of]').item(at) ?? null;
  const title = (id: string) => faces[id]?.title ?? 'Window';

  /** Closes or moves a window; the focus goes to the next one. */
  const take = (at: number, act: () => void) => {
    const next = button(at === own.length - 1 ? at - 1 : at + 1);
    act();
    requestAnimationFrame(() => {
      const fallback = document.querySelector<HTMLElement>('[data-overview] [aria-current="true"]');
      (next?.isConnected ? next : fallback)?.focus();
    });
  };
  const send = (at: number, { id }: Win, desktop: Desktop | null) => {
    if (desktop) take(at, () => sendWindow(id, desktop.id));
  };
  const entries = (win: Win, at: number): MenuEntry[] => [
    { kind: 'action', label: 'Open', run: () => onPick(win.id) },
    ...all
      .filter(({ id }) => id !== win.desktop)
      .map(
        (to): MenuEntry => ({
          kind: 'action',
          label: `Move to ${to.name}`,
          run: () => send(at, win, to),
        }),
      ),
    { kind: 'line' },
    { kind: 'action', label: 'Close', icon: X, run: () => take(at, () => closeWindow(win.id)) },
  ];
  const menu = (win: Win, at: number, anchor: MenuAnchor) =>
    openMenu(title(win.id), anchor, entries(win, at));
  const keyDown = (event: KeyboardEvent<HTMLElement>, win: Win, at: number) => {
    const { key } = event;
    if (key === 'Delete') take(at, () => closeWindow(win.id));
    else if (event.altKey && (key === 'ArrowLeft' || key === 'ArrowRight'))
      send(at, win, stepFrom(all, win.desktop, key === 'ArrowLeft' ? -1 : 1));
    else if (key === 'F10' && event.shiftKey) menu(win, at, event.currentTarget);
    else if (key.startsWith('Arrow') && !event.ctrlKey && !event.metaKey)
      button(nearest(rects, at, key))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <ul ref={list} aria-label="Windows">
      {own.map((win, at) => {
        const rect = rects[at];
        const scale = tiles[at]?.scale ?? 0;
        const face = faces[win.id] ?? { title: 'Window', picture: null };
        const isOff = off.split(',').includes(win.id);
        if (!rect) return null;
        return (
          <li
            key={win.id}
            className="pointer-events-auto absolute"
            style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}
          >
            <button
              type="button"
              data-tile-of={win.id}
              className="absolute inset-0 touch-none rounded-control hover:shadow-[0_0_0_3px_var(--accent)] data-dragged:shadow-none"
              aria-label={`${face.title}${win.minimized ? ', minimized' : ''}${isOff ? ', not running' : ''}, ${at + 1} of ${own.length}`}
              aria-describedby="overview-hint"
              onClick={() => onPick(win.id)}
              onKeyDown={(event) => keyDown(event, win, at)}
              onPointerDown={(event) =>
                startDrag(event, win.id, scale, {
                  hit: (x, y) => all[strip.findIndex((panel) => isInside(panel, x, y))] ?? null,
                  over: (desktop) => onOver(desktop?.id ?? null),
                  drop: (desktop) => {
                    if (desktop && desktop.id !== win.desktop) sendWindow(win.id, desktop.id);
                  },
                })
              }
              onContextMenu={(event) => {
                event.preventDefault();
                menu(win, at, { x: event.clientX, y: event.clientY });
              }}
            >
              {isOff && (
                <span className="pointer-events-none grid size-full place-content-center justify-items-center gap-2 rounded-control bg-raised text-sm text-muted">
                  <WindowIcon id={win.id} face={face} size={rect.height < 120 ? 24 : 56} />
                  <span className="max-sm:hidden">Not running</span>
                </span>
              )}
            </button>
            <span className="pointer-events-none absolute inset-x-0 top-full mt-1.5 flex items-center justify-center gap-1.5 text-sm">
              <WindowIcon id={win.id} face={face} size={18} />
              <span dir="auto" className={`truncate ${win.minimized ? 'text-muted' : ''}`}>
                {face.title}
              </span>
              <button
                type="button"
                tabIndex={-1}
                className="pointer-events-auto grid size-6 flex-none place-items-center rounded-control text-muted hover:bg-hover hover:text-text pointer-coarse:size-[44px]"
                aria-label={`Menu of ${face.title}`}
                aria-haspopup="menu"
                onClick={(event) => menu(win, at, event.currentTarget)}
              >
                <MoreHorizontal size={14} aria-hidden="true" />
              </button>
            </span>
          </li>
        );
      })}
      <li id="overview-hint" hidden>
        Arrow keys go from window to window. Alt and left or right moves it to another desktop.
        Delete closes it. Shift F10 opens its menu.
      </li>
    </ul>
  );
}

const isInside = ({ x, y, width, height }: Rect, atX: number, atY: number) =>
  atX >= x && atX <= x + width && atY >= y && atY <= y + height;

type Drop = {
  hit: (x: number, y: number) => Desktop | null;
  over: (desktop: Desktop | null) => void;
  drop: (desktop: Desktop | null) => void;
};

/** How far the pointer moves before it is a drag and not a click, in px. */
const THRESHOLD = 6;
/** The largest width of a window that is dragged, in px. */
const DRAGGED = 200;

/** Drags the live window; the element is styled, nothing is rendered. */
function startDrag(
  event: ReactPointerEvent<HTMLElement>,
  id: string,
  scale: number,
  { hit, over, drop }: Drop,
): void {
  const place = useOverview.getState().places[id];
  const element = windowElement(id);
  const button: HTMLElement = event.currentTarget;
  if (event.button !== 0 || !place || !element) return;
  const { pointerId, clientX, clientY } = event;
  const controller = new AbortController();
  const { signal } = controller;
  let moved = false;
  let target: Desktop | null = null;
  // So small that the panels can be seen beside it, and under the pointer where it was taken.
  const small = Math.min(scale, DRAGGED / element.offsetWidth);
  const corner = button.getBoundingClientRect();
  const shift = {
    x: (clientX - corner.x) * (1 - small / scale),
    y: (clientY - corner.y) * (1 - small / scale),
  };
  const end = (dropped: boolean) => {
    controller.abort();
    delete button.dataset.dragged;
    element.style.transition = '';
    element.style.zIndex = String(place.depth);
    element.style.translate = `${place.x}px ${place.y}px`;
    element.style.scale = String(scale);
    over(null);
    if (dropped) drop(target);
  };
  button.addEventListener(
    'pointermove',
    (e) => {
      const [dx, dy] = [e.clientX - clientX, e.clientY - clientY];
      if (!moved && Math.abs(dx) + Math.abs(dy) < THRESHOLD) return;
      if (!moved) button.setPointerCapture(pointerId);
      moved = true;
      button.dataset.dragged = '';
      element.style.transition = 'none';
      element.style.zIndex = '1500';
      element.style.scale = String(small);
      element.style.translate = `${place.x + shift.x + dx}px ${place.y + shift.y + dy}px`;
      const next = hit(e.clientX, e.clientY);
      if (next?.id !== target?.id) over(next);
      target = next;
    },
    { signal },
  );
  button.addEventListener('pointerup', () => end(moved), { signal });
  button.addEventListener(
    'pointercancel',
    () => {
      end(false);
      moved = false;
    },
    { signal },
  );
  // The click that ends a drag opens nothing.
  button.addEventListener(
    'click',
    (e) => {
      if (!moved) return;
      e.preventDefault();
      e.stopImmediatePropagation();
    },
    { capture: true, once: true },
  );
}

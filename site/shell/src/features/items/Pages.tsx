/**
 * The home of a phone: tiles on pages that are swiped sideways. Below them are a button for each page
 * and the one that begins to arrange, in which tiles are moved by buttons, keys or a finger.
 */

import type { Item } from '@prox/api-client';
import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  ChevronLeft,
  ChevronRight,
  type LucideIcon,
} from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { SPANS } from '@/shared/data/item-look';
import { scrollBehavior } from '@/shared/lib/motion';
import { usePreferences } from '@/shared/state/preferences';
import { announce } from '@/shared/ui/announce';
import { closeMenu } from '@/shared/ui/menu';
import { arrange, endArranging, useArranging } from './arranging';
import type { PagesProps } from './Grid';
import { type Direction, isDirection } from './navigate';
import { paginate, type Room, roomOf } from './pages';
import { attachTouch } from './touch';
import '@/styles/phone.css';

export default function Pages({ label, top, tile, header, onMenu, onDrop, onMove }: PagesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const room = useRoom(scroller, head);
  const pages = useMemo(
    () =>
      room === 'unknown'
        ? [[]]
        : room === null
          ? [top]
          : paginate(top, ({ size }) => SPANS[size], room),
    [top, room],
  );
  const { current, go } = usePager(scroller, pages, room);
  const { on: arranging, item: chosen } = useArranging();
  const chosenItem = top.find(({ id }) => id === chosen);

  useEffect(() => endArranging, []);
  // What moves stays in sight.
  const chosenPage = pages.findIndex((page) => page.some(({ id }) => id === chosen));
  useEffect(() => {
    if (chosenPage >= 0) go(chosenPage);
  }, [chosenPage, go]);

  // Tiles know nothing of this mode.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a tile may be on another page now
  useEffect(() => {
    const element =
      chosen && scroller.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(chosen)}"]`);
    if (!element) return;
    element.dataset.chosen = '';
    return () => void delete element.dataset.chosen;
  }, [chosen, pages]);

  const latest = useRef({ top, onMenu, onDrop, go, current });
  latest.current = { top, onMenu, onDrop, go, current };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const itemOf = (id: string) => latest.current.top.find((one) => one.id === id);
    return attachTouch(element, {
      menu: (id, anchor) => {
        const item = itemOf(id);
        if (item) latest.current.onMenu(item, anchor);
      },
      isArranging: () => useArranging.getState().on,
      begin: (id) => {
        closeMenu();
        arrange(itemOf(id) ?? null);
      },
      dropped: (drop) => latest.current.onDrop(drop),
      flip: (by) => latest.current.go(latest.current.current + by),
    });
  }, []);

  const keyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const step = key === 'PageDown' ? 1 : key === 'PageUp' ? -1 : 0;
    if (step !== 0) go(current + step);
    else if (arranging && key === 'Escape') endArranging();
    else if (arranging && chosenItem && isDirection(key) && !event.altKey && !event.shiftKey)
      onMove(chosenItem, key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // The keys belong to what is in it; the box only listens for all of them.
    <div
      className="home-pages"
      data-arranging={arranging ? '' : undefined}
      onKeyDownCapture={keyDown}
      // While tiles are arranged, a tap chooses one.
      onClickCapture={(event) => {
        const id = (event.target as Element).closest<HTMLElement>('[data-tile]')?.dataset.tile;
        const item = arranging && top.find((one) => one.id === id);
        if (!item) return;
        event.stopPropagation();
        arrange(item);
      }}
    >
      <div ref={scroller} className="pages" data-flat={room === null ? '' : undefined}>
        {pages.map((page, at) => (
          // A page has no identity beyond its place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <div key={at} className="page" data-page={at}>
            {at === 0 && (
              <div ref={head} className="flow-root">
                {header}
              </div>
            )}
            <ul
              data-section=""
              aria-label={pages.length > 1 ? `${label}, page ${at + 1} of ${pages.length}` : label}
              className="tiles"
              data-rows={rowsOf(room, at)}
              style={gridOf(room, at)}
            >
              {page.map(tile)}
            </ul>
          </div>
        ))}
      </div>
      <div className="page-bar">
        {arranging && chosenItem ? (
          <Arrows title={chosenItem.title} onMove={(key) => onMove(chosenItem, key)} />
        ) : (
          pages.length > 1 && <Dots count={pages.length} current={current} onGo={go} />
        )}
        <button
          type="button"
          className="button button-quiet page-arrange"
          aria-label={arranging ? 'Done arranging' : 'Arrange'}
          onClick={() => (arranging ? endArranging() : arrange(null))}
        >
          {arranging ? 'Done' : 'Arrange'}
        </button>
      </div>
    </div>
  );
}

type MaybeRoom = Room | null | 'unknown';

const rowsOf = (room: MaybeRoom, page: number): number | undefined =>
  room && room !== 'unknown' ? (page === 0 ? room.firstRows : room.rows) : undefined;

const gridOf = (room: MaybeRoom, page: number): CSSProperties | undefined =>
  room && room !== 'unknown'
    ? ({ '--page-columns': room.columns, '--page-rows': rowsOf(room, page) } as CSSProperties)
    : undefined;

/** Whether somebody types: the keyboard on the screen takes room only for that long. */
const isTyping = () =>
  document.activeElement?.matches('input, textarea, [contenteditable]') ?? false;

/** The room on the pages; `unknown` before the first layout. */
function useRoom(
  scroller: RefObject<HTMLDivElement | null>,
  head: RefObject<HTMLDivElement | null>,
): MaybeRoom {
  const [room, setRoom] = useState<MaybeRoom>('unknown');
  // Another density has other tiles.
  const density = usePreferences((preferences) => preferences.density);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    const pages = scroller.current;
    const header = head.current;
    const page = header?.parentElement;
    if (!pages || !header || !page) return;
    const measure = () => {
      if (isTyping()) return;
      const style = getComputedStyle(page);
      const px = (name: string) => Number.parseFloat(style.getPropertyValue(name)) || 0;
      const next = roomOf({
        width: page.clientWidth - px('padding-left') - px('padding-right'),
        height: pages.clientHeight - px('padding-top') - px('padding-bottom'),
        header: header.offsetHeight,
        tile: px('--tile-height'),
        gap: px('--tile-gap'),
      });
      setRoom((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(pages);
    observer.observe(header);
    return () => observer.disconnect();
  }, [scroller, head, density]);
  return room;
}

/** Milliseconds without scrolling after which a page is the one that is shown. */
const SETTLED = 120;

/** The page that is shown. When pages change, as by rotating, it is the one with the same first tile. */
function usePager(
  scroller: RefObject<HTMLDivElement | null>,
  pages: readonly (readonly Item[])[],
  room: unknown,
) {
  const [current, setCurrent] = useState(0);
  const latest = useRef({ pages, current });
  latest.current = { pages, current };
  const first = useRef<string | undefined>(undefined);

  const go = useCallback(
    (page: number) => {
      const element = scroller.current;
      const target = Math.max(0, Math.min(latest.current.pages.length - 1, page));
      if (!element || target === latest.current.current) return;
      element.scrollTo({
        left: target * element.clientWidth,
        behavior: scrollBehavior(),
      });
    },
    [scroller],
  );

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let timer: ReturnType<typeof setTimeout>;
    const settle = () => {
      const { pages, current } = latest.current;
      const at = Math.round(element.scrollLeft / Math.max(1, element.clientWidth));
      if (at === current) return;
      first.current = pages[at]?.[0]?.id;
      setCurrent(at);
      announce(`Page ${at + 1} of ${pages.length}`);
    };
    const scrolled = () => {
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLED);
    };
    element.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener('scroll', scrolled);
    };
  }, [scroller]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the room changes
  useLayoutEffect(() => {
    const element = scroller.current;
    const wanted = first.current;
    if (!element || !wanted) return;
    const at = pages.findIndex((page) => page.some(({ id }) => id === wanted));
    if (at < 0) return;
    element.scrollTo({ left: at * element.clientWidth, behavior: 'instant' });
    setCurrent(at);
  }, [room]);

  return { current: Math.min(current, pages.length - 1), go };
}

/** Pages up to which each has a dot. */
const MOST_DOTS = 4;

type DotsProps = { count: number; current: number; onGo: (page: number) => void };

function Dots({ count, current, onGo }: DotsProps) {
  const keyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = current + by;
    if (by === 0 || at < 0 || at >= count) return;
    event.preventDefault();
    onGo(at);
    event.currentTarget.querySelectorAll('button').item(at)?.focus();
  };
  if (count > MOST_DOTS) {
    return (
      <nav aria-label="Pages" className="page-dots">
        <Turn
          label="Page before"
          icon={ChevronLeft}
          off={current === 0}
          onClick={() => onGo(current - 1)}
        />
        <span className="tabular text-sm text-muted">
          <span className="sr-only">Page </span>
          {current + 1} of {count}
        </span>
        <Turn
          label="Next page"
          icon={ChevronRight}
          off={current === count - 1}
          onClick={() => onGo(current + 1)}
        />
      </nav>
    );
  }
  return (
    // The keys belong to the buttons.
    <nav aria-label="Pages" className="page-dots" onKeyDown={keyDown}>
      {Array.from({ length: count }, (_, at) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a page has no identity beyond its place
          key={at}
          type="button"
          className="page-dot"
          aria-label={`Page ${at + 1} of ${count}`}
          aria-current={at === current ? 'page' : undefined}
          onClick={() => onGo(at)}
        />
      ))}
    </nav>
  );
}

type TurnProps = { label: string; icon: LucideIcon; off: boolean; onClick: () => void };

const Turn = ({ label, icon: Icon, off, onClick }: TurnProps) => (
  <button
    type="button"
    className="button button-quiet button-icon page-button"
    aria-label={label}
    aria-disabled={off}
    onClick={onClick}
  >
    <Icon size={18} aria-hidden="true" />
  </button>
);

const ARROWS: [Direction, string, LucideIcon][] = [
  ['ArrowLeft', 'earlier', ArrowLeft],
  ['ArrowUp', 'up', ArrowUp],
  ['ArrowDown', 'down', ArrowDown],
  ['ArrowRight', 'later', ArrowRight],
];

type ArrowsProps = { title: string; onMove: (key: Direction) => void };

const Arrows = ({ title, onMove }: ArrowsProps) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form
  <div role="group" aria-label={`Move ${title}`} className="page-dots">
    {ARROWS.map(([key, word, Icon]) => (
      <button
        key={key}
        type="button"
        className="button button-secondary button-icon page-button"
        aria-label={`Move ${title} ${word}`}
        onClick={() => onMove(key)}
      >
        <Icon size={18} aria-hidden="true" />
      </button>
    ))}
  </div>
);

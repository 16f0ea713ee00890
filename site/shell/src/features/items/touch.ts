/**
 * Fingers on the tiles of a phone's home. A long press opens the menu of a tile; a finger that moves on
 * from there drags the tile, which at an edge goes to the next page. While tiles are arranged, a drag
 * needs no long press. All other gestures are the browser's.
 */
import { type Drop, marker, spotAt } from './spot';

/** Milliseconds until a press is a long one. */
const LONG = 450;
/** Px that a finger may move and still presses. */
const SLOP = 10;
/** Px from an edge, and milliseconds there, after which the next page comes. */
const EDGE = 32;
const FLIP_AFTER = 600;

export type TouchHost = {
  /** Opens the menu of a tile. */
  menu: (item: string, tile: HTMLElement) => void;
  isArranging: () => boolean;
  /** A tile begins to be dragged. */
  begin: (item: string) => void;
  dropped: (drop: Drop) => void;
  /** Shows the page before or after the one that is shown. */
  flip: (by: 1 | -1) => void;
};

type Press = {
  id: number;
  item: string;
  tile: HTMLElement;
  x: number;
  y: number;
  /** How far the pages were scrolled. */
  scrolled: number;
  state: 'pressed' | 'held' | 'dragged';
};

/** `pages`: the element that scrolls from page to page. */
export function attachTouch(pages: HTMLElement, host: TouchHost): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let press: Press | null = null;
  let timer: ReturnType<typeof setTimeout>;
  let flipping: ReturnType<typeof setTimeout> | undefined;
  /** Whether the finger that was lifted just now makes no click. */
  let swallows = false;
  const mark = marker();

  const stopFlipping = () => {
    clearTimeout(flipping);
    flipping = undefined;
  };
  const end = () => {
    clearTimeout(timer);
    stopFlipping();
    mark(null);
    if (press?.state === 'dragged') {
      press.tile.style.translate = '';
      delete press.tile.dataset.lifted;
      delete document.documentElement.dataset.gesture;
    }
    press = null;
  };
  const hold = () => {
    clearTimeout(timer);
    if (press?.state !== 'pressed') return;
    press.state = 'held';
    navigator.vibrate?.(8);
    host.menu(press.item, press.tile.querySelector<HTMLElement>('[data-tile]') ?? press.tile);
  };
  const drag = (now: Press, x: number, y: number) => {
    if (now.state !== 'dragged') {
      now.state = 'dragged';
      now.tile.dataset.lifted = '';
      document.documentElement.dataset.gesture = '';
      host.begin(now.item);
    }
    now.tile.style.translate = `${x - now.x + pages.scrollLeft - now.scrolled}px ${y - now.y}px`;
    mark(spotAt(pages, { clientX: x, clientY: y }, now.item));
    const { left, right } = pages.getBoundingClientRect();
    const by = x < left + EDGE ? -1 : x > right - EDGE ? 1 : null;
    if (by === null) stopFlipping();
    else
      flipping ??= setTimeout(() => {
        flipping = undefined;
        host.flip(by);
      }, FLIP_AFTER);
  };

  pages.addEventListener(
    'pointerdown',
    (event) => {
      if (event.pointerType === 'mouse') return;
      // A second finger is another gesture.
      if (press) return end();
      const target = event.target instanceof Element ? event.target : null;
      const tile = target?.closest<HTMLElement>('[data-item]');
      if (!tile || target?.closest('.tile-menu')) return;
      press = {
        id: event.pointerId,
        item: tile.dataset.item ?? '',
        tile,
        x: event.clientX,
        y: event.clientY,
        scrolled: pages.scrollLeft,
        state: 'pressed',
      };
      if (host.isArranging()) press.state = 'held';
      else timer = setTimeout(hold, LONG);
    },
    { signal },
  );
  addEventListener(
    'pointermove',
    ({ pointerId, clientX, clientY }) => {
      if (press?.id !== pointerId) return;
      const far = Math.hypot(clientX - press.x, clientY - press.y) > SLOP;
      if (press.state === 'pressed') far && end();
      else if (far || press.state === 'dragged') drag(press, clientX, clientY);
    },
    { signal },
  );
  addEventListener(
    'pointerup',
    ({ pointerId, clientX, clientY }) => {
      if (press?.id !== pointerId) return;
      const { state, item } = press;
      swallows = state === 'dragged' || (state === 'held' && !host.isArranging());
      const spot = state === 'dragged' ? spotAt(pages, { clientX, clientY }, item) : null;
      end();
      if (spot) host.dropped(spot.drop);
    },
    { signal },
  );
  addEventListener('pointercancel', ({ pointerId }) => press?.id === pointerId && end(), {
    signal,
  });
  // The finger holds the tile: nothing scrolls below it.
  pages.addEventListener(
    'touchmove',
    (event) => {
      if (press && press.state !== 'pressed' && event.cancelable) event.preventDefault();
    },
    { signal, passive: false },
  );
  pages.addEventListener(
    'touchend',
    (event) => {
      if (swallows && event.cancelable) event.preventDefault();
      swallows = false;
    },
    { signal, passive: false },
  );
  // What browsers make of a long press; the timer and this are one.
  pages.addEventListener(
    'contextmenu',
    (event) => {
      if (!press) return;
      event.preventDefault();
      event.stopPropagation();
      hold();
    },
    { signal, capture: true },
  );
  return () => {
    end();
    controller.abort();
  };
}

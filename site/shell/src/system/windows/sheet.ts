/** The gesture of sheets: a window of a phone is pulled down by its title bar to minimize it. */

import type { PointerEvent as ReactPointerEvent } from 'react';
import { isCalm } from '@/shared/lib/motion';
import { minimizeWindow } from './store';

/** Px that a sheet is pulled, or px per millisecond at the end, to minimize it. */
const FAR = 120;
const FAST = 0.6;
/** Px that a finger may move and still presses a button. */
const SLOP = 8;
/** Milliseconds of the way back, or down. */
const MOTION = 160;
/** Milliseconds after which a click is another gesture. */
const CLICK = 50;

export function startPull(id: string, event: ReactPointerEvent<HTMLElement>): void {
  const sheet = event.currentTarget.closest<HTMLElement>('[data-window]');
  if (!sheet || event.button !== 0) return;
  const { pointerId, clientX, clientY } = event;
  const controller = new AbortController();
  const { signal } = controller;
  const clicks = new AbortController();
  let pulled = 0;
  let last = { at: event.timeStamp, y: clientY, speed: 0 };
  const settle = (down: boolean) => {
    controller.abort();
    setTimeout(() => clicks.abort(), CLICK);
    delete document.documentElement.dataset.gesture;
    sheet.style.translate = '';
    if (pulled === 0) return;
    const from = `0 ${pulled}px`;
    const to = down ? `0 ${sheet.offsetHeight}px` : '0 0';
    const done = () => down && minimizeWindow(id);
    if (isCalm()) done();
    else
      sheet.animate([{ translate: from }, { translate: to }], {
        duration: MOTION,
        easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)',
      }).onfinish = done;
  };
  const isFar = () => pulled > FAR || (pulled > SLOP * 3 && last.speed > FAST);
  addEventListener(
    'pointermove',
    (e) => {
      if (e.pointerId !== pointerId) return;
      const down = e.clientY - clientY;
      if (pulled === 0 && (down < SLOP || down < Math.abs(e.clientX - clientX))) return;
      // The page in it must not take the pointer.
      document.documentElement.dataset.gesture = '';
      pulled = Math.max(1, down);
      const passed = Math.max(1, e.timeStamp - last.at);
      last = { at: e.timeStamp, y: e.clientY, speed: (e.clientY - last.y) / passed };
      sheet.style.translate = `0 ${pulled}px`;
    },
    { signal },
  );
  addEventListener('pointerup', (e) => e.pointerId === pointerId && settle(isFar()), { signal });
  addEventListener('pointercancel', (e) => e.pointerId === pointerId && settle(false), { signal });
  // The click that ends a pull presses no button.
  sheet.addEventListener(
    'click',
    (e) => {
      if (pulled === 0) return;
      e.preventDefault();
      e.stopPropagation();
    },
    { capture: true, once: true, signal: clicks.signal },
  );
}

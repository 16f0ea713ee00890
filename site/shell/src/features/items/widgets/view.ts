/** What every widget is given, and how much fits in it. */
import type { Item } from '@prox/api-client';
import { useLayoutEffect, useState } from 'react';

export type WidgetSize = Item['size'] | 'window';

export type BodyProps = {
  item: Item;
  size: WidgetSize;
  /** Of its links and buttons: Tab reaches those of the tile that it reaches. */
  tabIndex: 0 | -1;
};

/** How many rows of `height` px fit in an element, as it is now; `least`: with no room, too. */
export function useFitting<E extends HTMLElement>(
  height: number,
  least = 1,
): [(element: E | null) => void, number] {
  const [element, setElement] = useState<E | null>(null);
  const [rows, setRows] = useState(0);
  useLayoutEffect(() => {
    if (!element) return;
    const measure = () => setRows(Math.max(least, Math.floor(element.clientHeight / height)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element, height, least]);
  return [setElement, rows];
}

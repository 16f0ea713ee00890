/** Resizing a tile by its corner. Fetched when a pointer first enters the grid. */
import type { ItemSize } from '@prox/api-client';
import { SIZE_LABELS, SPANS } from '@/shared/data/item-look';
import { nearestSize } from './sizes';

/** The cells of a grid, in px. */
type Cells = { columns: number; width: number; height: number; gap: number };

function cellsOf(grid: HTMLElement): Cells {
  const { gridTemplateColumns, gridAutoRows, columnGap } = getComputedStyle(grid);
  const widths = gridTemplateColumns.split(' ').map(Number.parseFloat);
  return {
    columns: widths.length,
    width: widths[0] ?? 0,
    height: Number.parseFloat(/[\d.]+(?=px)/.exec(gridAutoRows)?.[0] ?? '0'),
    gap: Number.parseFloat(columnGap) || 0,
  };
}

/** Follows pointers that press the corner of a tile; returns a function that ends it. */
export function attach(
  root: HTMLElement,
  resized: (item: string, size: ItemSize) => void,
): () => void {
  let stop: (() => void) | null = null;
  const down = (event: PointerEvent) => {
    const handle = event.target instanceof Element ? event.target.closest('[data-resize]') : null;
    if (!handle || event.button !== 0 || stop) return;
    event.preventDefault();
    stop = follow(handle as HTMLElement, event, (item, size) => {
      stop = null;
      if (size) resized(item, size);
    });
  };
  root.addEventListener('pointerdown', down);
  return () => {
    root.removeEventListener('pointerdown', down);
    stop?.();
  };
}

function follow(
  handle: HTMLElement,
  { pointerId }: PointerEvent,
  done: (item: string, size: ItemSize | null) => void,
): () => void {
  const tile = handle.closest<HTMLElement>('[data-item]');
  const grid = tile?.closest<HTMLElement>('.tiles');
  if (!tile || !grid) return () => {};
  const cells = cellsOf(grid);
  const ghost = document.createElement('span');
  ghost.className = 'tile-ghost';
  ghost.ariaHidden = 'true';
  let size: ItemSize | null = null;

  const move = ({ clientX, clientY }: PointerEvent) => {
    const { left, top } = tile.getBoundingClientRect();
    const cellsIn = (length: number, cell: number) =>
      Math.round((length + cells.gap) / (cell + cells.gap));
    size = nearestSize(cellsIn(clientX - left, cells.width), cellsIn(clientY - top, cells.height));
    if (!size) return;
    const { columns, rows } = SPANS[size];
    const across = Math.min(columns, cells.columns);
    ghost.style.width = `${across * (cells.width + cells.gap) - cells.gap}px`;
    ghost.style.height = `${rows * (cells.height + cells.gap) - cells.gap}px`;
    ghost.textContent = SIZE_LABELS[size];
  };
  const end = (chosen: ItemSize | null) => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', up);
    handle.removeEventListener('pointercancel', cancel);
    removeEventListener('keydown', key, true);
    ghost.remove();
    delete tile.dataset.resizing;
    delete document.documentElement.dataset.gesture;
    done(tile.dataset.item ?? '', chosen);
  };
  const up = () => end(size);
  const cancel = () => end(null);
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  };
  tile.dataset.resizing = '';
  document.documentElement.dataset.gesture = '';
  tile.append(ghost);
  handle.setPointerCapture(pointerId);
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', up);
  handle.addEventListener('pointercancel', cancel);
  addEventListener('keydown', key, true);
  return cancel;
}

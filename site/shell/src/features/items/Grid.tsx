/** The items of a space: loose ones first, then each folder as a section. Editable in place. */

import type { Item, Space } from '@prox/api-client';
import { FolderOpen, MoreHorizontal } from 'lucide-react';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { isPressed } from '@/shared/actions/registry';
import { arranged, endOf, placeOf, type Section, step } from '@/shared/data/order';
import { rescueFocus } from '@/shared/lib/focus';
import { announce } from '@/shared/ui/announce';
import { type MenuAnchor, openMenu, preloadMenu } from '@/shared/ui/menu';
import { editItem, openItem, useItemActions } from './actions';
import type { Drop } from './drag';
import { itemMenu } from './menu';
import { columns, isDirection, neighbour, spotsIn } from './navigate';
import { Tile, TileHint } from './Tile';

/** The drag module, once a pointer is near. */
function useDrag() {
  const [drag, setDrag] = useState<typeof import('./drag') | null>(null);
  const wanted = useRef(false);
  const want = useCallback(() => {
    if (wanted.current) return;
    wanted.current = true;
    void import('./drag').then((module) => setDrag(() => module));
  }, []);
  return [drag, want] as const;
}

/** The siblings of an item, itself included, in the order in which they are shown. */
function rowOf(all: readonly Item[], item: Item): readonly Item[] {
  const { loose, sections } = arranged(all);
  if (item.kind === 'folder') return sections.map(({ folder }) => folder);
  return sections.find(({ items }) => items.some(({ id }) => id === item.id))?.items ?? loose;
}

type GridProps = {
  space: Space;
  items: readonly Item[];
  /** A pointer or the focus comes near the tiles. */
  onNear: () => void;
};

export function Grid({ space, items, onNear }: GridProps) {
  const root = useRef<HTMLDivElement>(null);
  const actions = useItemActions(space);
  const latest = useRef(actions);
  latest.current = actions;
  const [drag, wantDrag] = useDrag();
  const { loose, sections } = useMemo(() => arranged(items), [items]);
  const shown = useMemo(
    () => [...loose, ...sections.flatMap(({ items: own }) => own)],
    [loose, sections],
  );
  const [focused, setFocused] = useState<string | null>(null);
  const entrance = shown.some(({ id }) => id === focused) ? focused : (shown[0]?.id ?? null);
  const refocus = useRef<string | null>(null);

  const tileOf = useCallback(
    (id: string) =>
      root.current?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(id)}"]`) ?? null,
    [],
  );
  const focusTile = useCallback((id: string | null) => id && tileOf(id)?.focus(), [tileOf]);

  // A tile that moved in the DOM lost the focus on the way.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs after each new order
  useLayoutEffect(() => {
    const id = refocus.current;
    if (!id) return;
    refocus.current = null;
    focusTile(id);
    // A closing menu may still give the focus to where the tile was.
    rescueFocus(() => tileOf(id));
  }, [items]);

  const dropped = useCallback((drop: Drop) => {
    const { items: read, moveTo } = latest.current;
    const all = read();
    const item = all.find(({ id }) => id === drop.item);
    if (!item) return;
    if ('folder' in drop) return moveTo(item, endOf(all, drop.folder, item.id));
    const beside = all.find(({ id }) => id === drop.beside);
    if (!beside) return;
    const before = all.filter(({ id }) => id !== item.id);
    moveTo(
      item,
      drop.side === 'before'
        ? placeOf(before, beside)
        : { ...placeOf(before, beside), after: beside.id },
    );
  }, []);

  const showMenu = useCallback((item: Item, anchor: MenuAnchor) => {
    const all = latest.current.items();
    const { items: read, moveTo, remove } = latest.current;
    const move: typeof moveTo = (moving, place) => {
      refocus.current = moving.id;
      moveTo(moving, place);
    };
    openMenu(
      item.title,
      anchor,
      itemMenu(item, rowOf(all, item), { items: read, moveTo: move, remove }),
    );
  }, []);

  const shift = (item: Item, distance: number) => {
    // Not what was last rendered: keys can be faster than that.
    const row = rowOf(actions.items(), item);
    const place = step(row, item.id, distance);
    if (!place) return announce(distance < 0 ? 'Already the first' : 'Already the last');
    refocus.current = item.id;
    const at = row.findIndex(({ id }) => id === item.id);
    const to = Math.max(0, Math.min(row.length - 1, at + distance));
    announce(`${item.title}, ${to + 1} of ${row.length}`);
    actions.moveTo(item, place);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset.tile : undefined;
    const item = shown.find((one) => one.id === id);
    if (!item || !root.current) return;
    const { key } = event;
    if (isDirection(key) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const spots = spotsIn(root.current);
      if (!event.altKey) return focusTile(neighbour(spots, item.id, key));
      const row = key === 'ArrowUp' || key === 'ArrowDown' ? columns(spots, item.id) : 1;
      return shift(item, key === 'ArrowLeft' || key === 'ArrowUp' ? -row : row);
    }
    const { nativeEvent } = event;
    if (isPressed(nativeEvent, 'tile.edit')) editItem(item);
    else if (isPressed(nativeEvent, 'tile.delete')) {
      focusTile(neighbour(spotsIn(root.current), item.id, 'ArrowRight') ?? null);
      actions.remove(item);
    } else if (isPressed(nativeEvent, 'tile.menu')) showMenu(item, event.target as HTMLElement);
    else return;
    event.preventDefault();
  };

  useEffect(() => {
    if (drag && root.current) return drag.attach(root.current, dropped);
  }, [drag, dropped]);

  const preload = () => {
    preloadMenu();
    onNear();
  };
  const list = { entrance, onOpen: openItem, onMenu: showMenu };
  return (
    // The keys belong to the tiles; the box only listens for all of them.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      ref={root}
      onKeyDown={onKeyDown}
      onPointerEnter={() => {
        preload();
        wantDrag();
      }}
      onFocus={(event) => {
        preload();
        const id = (event.target as HTMLElement).dataset.tile;
        if (id) setFocused(id);
      }}
    >
      <TileHint />
      {(loose.length > 0 || sections.length === 0) && (
        <TileList label={space.title} folder={null} items={loose} {...list} />
      )}
      {sections.map((section) => (
        <FolderSection key={section.folder.id} {...section} {...list} />
      ))}
    </div>
  );
}

type ListProps = {
  entrance: string | null;
  onOpen: (item: Item) => void;
  onMenu: (item: Item, anchor: MenuAnchor) => void;
};

function TileList({
  label,
  folder,
  items,
  entrance,
  ...tile
}: ListProps & { label: string; folder: string | null; items: readonly Item[] }) {
  return (
    <ul data-section={folder ?? ''} aria-label={label} className="tiles">
      {items.map((item) => (
        <Tile key={item.id} item={item} entrance={item.id === entrance} {...tile} />
      ))}
      {items.length === 0 && (
        <li className="flex h-14 w-full items-center gap-2 px-[var(--inset)] text-sm text-muted [grid-column:1/-1]">
          <FolderOpen size={16} aria-hidden="true" /> Empty. Drag something here, or use “Move to”
          in its menu.
        </li>
      )}
    </ul>
  );
}

function FolderSection({ folder, items, ...list }: ListProps & Section) {
  return (
    <section aria-label={folder.title} className="mt-8">
      {/* The button beside the title opens the same menu. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <header
        className="group mb-2 flex items-center gap-1"
        onContextMenu={(event) => {
          event.preventDefault();
          list.onMenu(folder, { x: event.clientX, y: event.clientY });
        }}
      >
        <h2 dir="auto" className="truncate text-lg">
          {folder.title}
        </h2>
        <button
          type="button"
          className="grid size-8 pointer-coarse:size-[44px] flex-none place-items-center rounded-control text-muted hover:bg-hover hover:text-text"
          aria-label={`Menu of the folder ${folder.title}`}
          aria-haspopup="menu"
          onClick={(event) => list.onMenu(folder, event.currentTarget)}
        >
          <MoreHorizontal size={16} aria-hidden="true" />
        </button>
      </header>
      {folder.description && (
        <p dir="auto" className="-mt-1 mb-3 max-w-[68ch] text-muted">
          {folder.description}
        </p>
      )}
      <TileList label={folder.title} folder={folder.id} items={items} {...list} />
    </section>
  );
}

/** The grid before its items are known. */
export function GridSkeleton() {
  return (
    <ul aria-hidden="true" className="tiles">
      {Array.from({ length: 8 }, (_, tile) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the tiles are all the same
        <li key={tile} className="tile tile-button">
          <span
            className="skeleton !rounded-[22%]"
            style={{ width: 'var(--tile-icon)', height: 'var(--tile-icon)' }}
          />
          <span className="skeleton mt-1 h-3 w-3/5" />
        </li>
      ))}
    </ul>
  );
}

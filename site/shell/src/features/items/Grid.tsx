/** The items of a space as tiles: moved, resized and opened in place. */

import type { Item, ItemSize, Space } from '@prox/api-client';
import { Plus } from 'lucide-react';
import {
  type ComponentType,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { isPressed } from '@/shared/actions/registry';
import { arranged, endOf, placeOf, siblings, step } from '@/shared/data/order';
import { rescueFocus } from '@/shared/lib/focus';
import { announce } from '@/shared/ui/announce';
import { type MenuAnchor, openMenu, preloadMenu } from '@/shared/ui/menu';
import { openDialog } from '@/system/dialogs';
import { editItem, openItem, useItemActions } from './actions';
import { Folder } from './Folder';
import { useOpenFolders } from './folders';
import { type Direction, isDirection, neighbour, type Spot, spotsIn } from './navigate';
import { nextSize, type ResizeKey, sizeWords } from './sizes';
import type { Drop } from './spot';
import { isPrivate, Tile, TileHint } from './Tile';

/** What follows pointers, once one is near. */
function usePointerTools() {
  type Tools = { drag: typeof import('./drag'); resize: typeof import('./resize') };
  const [tools, setTools] = useState<Tools | null>(null);
  const wanted = useRef(false);
  const want = useCallback(() => {
    if (wanted.current) return;
    wanted.current = true;
    void Promise.all([import('./drag'), import('./resize')]).then(([drag, resize]) =>
      setTools({ drag, resize }),
    );
  }, []);
  return [tools, want] as const;
}

type GridProps = {
  space: Space;
  items: readonly Item[];
  /** A pointer or the focus comes near the tiles. */
  onNear: () => void;
  /** The folder whose items these are, when it is shown by itself. */
  folder?: Item;
  onOpen?: (item: Item) => void;
  /** Lays the tiles out on pages. */
  pages?: ComponentType<PagesProps> | undefined;
  header?: ReactNode;
};

export type PagesProps = {
  /** What stands above the tiles of the first page. */
  header: ReactNode;
  label: string;
  top: readonly Item[];
  tile: (item: Item) => ReactNode;
  onMenu: (item: Item, anchor: MenuAnchor) => void;
  onDrop: (drop: Drop) => void;
  /** Moves an item one step. */
  onMove: (item: Item, key: Direction) => void;
};

export function Grid({
  space,
  items,
  onNear,
  folder,
  onOpen = openItem,
  pages: Pages,
  header,
}: GridProps) {
  const root = useRef<HTMLDivElement>(null);
  const actions = useItemActions(space);
  const latest = useRef(actions);
  latest.current = actions;
  const [tools, wantTools] = usePointerTools();
  const { top, inside } = useMemo(() => arranged(items), [items]);
  const open = useOpenFolders();
  const shown = useMemo(
    () =>
      top.flatMap((item) => [item, ...(open.includes(item.id) ? (inside.get(item.id) ?? []) : [])]),
    [top, inside, open],
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
    // In a closed folder there is no tile of it: the folder's own has the focus instead.
    const seen = () => tileOf(id) ?? tileOf(items.find((item) => item.id === id)?.folder_id ?? '');
    seen()?.focus();
    // A closing menu may still give the focus to where the tile was.
    rescueFocus(seen);
  }, [items]);

  const dropped = useCallback((drop: Drop) => {
    const { items: read, moveTo } = latest.current;
    const all = read();
    const item = all.find(({ id }) => id === drop.item);
    if (!item) return;
    if ('folder' in drop) {
      const folder = all.find(({ id }) => id === drop.folder);
      if (folder) announce(`${item.title} is now in ${folder.title}`);
      return moveTo(item, endOf(all, drop.folder, item.id));
    }
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

  const resize = useCallback((item: Item, size: ItemSize) => {
    announce(`${item.title}, ${sizeWords(size)}`);
    if (item.size === size) return;
    refocus.current = item.id;
    latest.current.changeLook(item, { size });
  }, []);

  const resized = useCallback(
    (id: string, size: ItemSize) => {
      const item = latest.current.items().find((one) => one.id === id);
      if (item) resize(item, size);
    },
    [resize],
  );

  const showMenu = useCallback(
    (item: Item, anchor: MenuAnchor) => {
      const all = latest.current.items();
      const { items: read, moveTo, remove } = latest.current;
      const move: typeof moveTo = (moving, place) => {
        refocus.current = moving.id;
        moveTo(moving, place);
      };
      const moves = { items: read, moveTo: move, resize, remove };
      void import('./menu').then(({ itemMenu }) =>
        openMenu(item.title, anchor, itemMenu(item, siblings(all, item), moves)),
      );
    },
    [resize],
  );

  const shift = (item: Item, distance: number) => {
    // Not what was last rendered: keys can be faster than that.
    const row = siblings(actions.items(), item);
    const place = step(row, item.id, distance);
    if (!place) return announce(distance < 0 ? 'Already the first' : 'Already the last');
    refocus.current = item.id;
    const at = row.findIndex(({ id }) => id === item.id);
    const to = Math.max(0, Math.min(row.length - 1, at + distance));
    announce(`${item.title}, ${to + 1} of ${row.length}`);
    actions.moveTo(item, place);
  };

  /** How far a tile moves: sideways by one; up and down to where the next one in that direction is. */
  const stepOf = (item: Item, key: Direction, spots: readonly Spot[]): number => {
    const row = siblings(actions.items(), item);
    if (key === 'Home' || key === 'End') return key === 'Home' ? -row.length : row.length;
    const back = key === 'ArrowLeft' || key === 'ArrowUp';
    const own = spots.filter(({ id }) => row.some((one) => one.id === id));
    const target = neighbour(own, item.id, key);
    const at = (id: string | null) => row.findIndex((one) => one.id === id);
    const far = target ? at(target) - at(item.id) : 0;
    return far === 0
      ? (back ? -1 : 1) * (key === 'ArrowUp' || key === 'ArrowDown' ? row.length : 1)
      : far;
  };

  const move = (item: Item, key: Direction) => {
    if (root.current) shift(item, stepOf(item, key, spotsIn(root.current)));
  };

  const grow = (item: Item, key: ResizeKey) => {
    const now = actions.items().find(({ id }) => id === item.id) ?? item;
    const size = nextSize(now.size, key);
    if (size) resize(now, size);
    else
      announce(
        key === 'ArrowRight' || key === 'ArrowDown'
          ? 'Already the largest'
          : 'Already the smallest',
      );
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset.tile : undefined;
    const item = shown.find((one) => one.id === id);
    if (!item || !root.current) return;
    const { key } = event;
    if (isDirection(key) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) return key !== 'Home' && key !== 'End' && grow(item, key);
      if (!event.altKey) return focusTile(neighbour(spotsIn(root.current), item.id, key));
      return move(item, key);
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
    if (!tools || !root.current) return;
    const ends = [
      tools.drag.attach(root.current, dropped),
      tools.resize.attach(root.current, resized),
    ];
    return () => ends.forEach((end) => void end());
  }, [tools, dropped, resized]);

  const preload = () => {
    preloadMenu();
    void import('./menu').catch(() => {});
    onNear();
  };
  const common = { onOpen, onMenu: showMenu };
  const tile = (item: Item) =>
    item.kind === 'folder' ? (
      <Folder
        key={item.id}
        item={item}
        inside={inside.get(item.id) ?? NONE}
        open={open.includes(item.id)}
        entrance={item.id === entrance}
        entranceId={entrance}
        {...common}
      />
    ) : (
      <Tile key={item.id} item={item} entrance={item.id === entrance} {...common} />
    );
  const label = (folder ?? space).title;
  return (
    // The keys belong to the tiles; the box only listens for all of them.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      ref={root}
      className="tiles-box"
      data-published={space.visibility !== 'private' || undefined}
      data-private={isPrivate(folder)}
      onKeyDown={onKeyDown}
      onPointerEnter={({ pointerType }) => {
        preload();
        // Fingers scroll; what follows them on a page is the page's.
        if (!Pages || pointerType === 'mouse') wantTools();
      }}
      onFocus={(event) => {
        preload();
        const id = (event.target as HTMLElement).dataset.tile;
        if (id) setFocused(id);
      }}
    >
      {!folder && <TileHint />}
      {Pages ? (
        <Pages
          header={header}
          label={label}
          top={top}
          tile={tile}
          onMenu={showMenu}
          onDrop={dropped}
          onMove={move}
        />
      ) : (
        <ul data-section={folder?.id ?? ''} aria-label={label} className="tiles">
          {top.map(tile)}
        </ul>
      )}
      {!Pages && !folder && items.length <= FEW && (
        <button type="button" className="more-things" onClick={() => openDialog('add-item', {})}>
          <Plus size={18} aria-hidden="true" />
          <span>
            Add an app, a link, a card, a folder or a widget
            <span className="block text-sm text-muted">
              Or paste an address anywhere, or drag a link here.
            </span>
          </span>
        </button>
      )}
    </div>
  );
}

const NONE: readonly Item[] = [];

/** Items up to which a home invites more. */
const FEW = 5;

/** The grid before its items are known. */
export function GridSkeleton() {
  return (
    <div aria-hidden="true" className="tiles-box">
      <ul className="tiles">
        {Array.from({ length: 8 }, (_, tile) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the tiles are all the same
          <li key={tile} className="tile skeleton !rounded-card" />
        ))}
      </ul>
    </div>
  );
}

/** One item on the desktop, as large as its size says: an icon, a row, a card, wide or tall. */

import type { Item, ItemSize } from '@prox/api-client';
import { ArrowUpRight, FileText, MoreHorizontal, Pencil } from 'lucide-react';
import { type CSSProperties, memo, type ReactNode } from 'react';
import { iconUrl } from '@/shared/data/icon';
import { lazyWithPreload, preloadOnIntent } from '@/shared/lib/lazy';
import { hostOf } from '@/shared/lib/url';
import { Optional } from '@/shared/ui/Boundary';
import { Face, GREY, useTint } from '@/shared/ui/Face';
import { excerpt } from './excerpt';
import { isWritable, useWriting, writeOn } from './writing';

const NoteEditor = lazyWithPreload(() => import('./NoteEditor'));
const Widget = lazyWithPreload(() => import('./widgets/WidgetTile'));

export type TileProps = {
  item: Item;
  /** Whether Tab reaches this one; arrows reach the others. */
  entrance: boolean;
  onOpen: (item: Item) => void;
  onMenu: (item: Item, anchor: Element | { x: number; y: number }) => void;
};

export const HINT = 'tile-hint';

export const Tile = memo(function Tile(props: TileProps) {
  const { item, onOpen } = props;
  const size = item.size;
  const picture = iconUrl(item);
  const color = item.color;
  const tint = useTint({ name: item.title, picture, color });
  const note = item.kind === 'card';
  const outside = item.mode === 'tab';
  const writing = useWriting((state) => note && state.item === item.id);
  const surface = (
    <TileButton
      {...props}
      size={size}
      className={note ? 'tile-paper' : ''}
      onClick={() => onOpen(item)}
    >
      {note ? (
        <Note item={item} size={size} picture={picture} />
      ) : (
        <Place item={item} size={size} picture={picture} />
      )}
      {outside && <span className="sr-only">, opens in a new tab</span>}
    </TileButton>
  );
  return (
    <TileBox {...props} size={size} tint={tint}>
      {item.kind === 'widget' ? (
        <Optional instead={() => surface} fallback={<span className="tile-surface" />}>
          <Widget.component {...props} />
        </Optional>
      ) : (
        surface
      )}
      {outside && <ArrowUpRight size={14} aria-hidden="true" className="tile-outside" />}
      {isWritable({ kind: item.kind, size }) && (
        <button
          type="button"
          tabIndex={-1}
          className="tile-menu tile-write"
          aria-label={`Write on ${item.title}`}
          {...preloadOnIntent(NoteEditor.preload)}
          onClick={() => writeOn(item.id)}
        >
          <Pencil size={15} aria-hidden="true" />
        </button>
      )}
      <TileTools {...props} />
      {writing && (
        <Optional>
          <NoteEditor.component item={item} />
        </Optional>
      )}
    </TileBox>
  );
});

/** For `data-private`: the styles mark what others do not see on a page that they see. */
export const isPrivate = (item?: Item) => item?.visibility === 'private' || undefined;

/** The cells of a tile. */
export function TileBox({
  item,
  onMenu,
  size,
  tint,
  children,
}: Pick<TileProps, 'item' | 'onMenu'> & { size: ItemSize; tint: string; children: ReactNode }) {
  return (
    <li
      data-item={item.id}
      data-folder={item.kind === 'folder' ? '' : undefined}
      data-size={size}
      data-private={isPrivate(item)}
      data-neutral={tint === GREY ? '' : undefined}
      className="tile"
      style={{ '--item-color': tint } as CSSProperties}
      onContextMenu={(event) => {
        event.preventDefault();
        event.stopPropagation();
        const byKeyboard = event.clientX === 0 && event.clientY === 0;
        const tile = event.currentTarget.querySelector('button') ?? event.currentTarget;
        onMenu(item, byKeyboard ? tile : { x: event.clientX, y: event.clientY });
      }}
    >
      {children}
    </li>
  );
}

/** The surface of a tile. */
export function TileButton({
  item,
  entrance,
  size,
  className = '',
  expanded,
  onClick,
  children,
}: Pick<TileProps, 'item' | 'entrance'> & {
  size: ItemSize;
  className?: string;
  expanded?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      data-tile={item.id}
      data-size={size}
      tabIndex={entrance ? 0 : -1}
      aria-describedby={HINT}
      aria-expanded={expanded}
      className={`tile-surface ${className}`}
      onClick={(event) => {
        // The second click of a double click opens nothing more.
        if (event.detail <= 1) onClick();
      }}
    >
      {children}
    </button>
  );
}

/** The button of the menu, and the corner that resizes. */
export function TileTools({ item, onMenu }: Pick<TileProps, 'item' | 'onMenu'>) {
  return (
    <>
      <button
        type="button"
        tabIndex={-1}
        className="tile-menu"
        aria-label={`Menu of ${item.title}`}
        aria-haspopup="menu"
        onClick={(event) => onMenu(item, event.currentTarget)}
      >
        <MoreHorizontal size={16} aria-hidden="true" />
      </button>
      {/* Shift and an arrow key, and the menu, do the same. */}
      <span aria-hidden="true" data-resize="" className="tile-handle" />
    </>
  );
}

type BodyProps = { item: Item; size: ItemSize };

/** CSS lengths of the icon on tiles of each size. */
const ICONS: Record<ItemSize, string> = {
  icon: 'var(--tile-icon)',
  row: 'var(--tile-icon)',
  card: '64px',
  wide: '64px',
  tall: '64px',
};

/** Lines of the description on tiles of each size. */
const LINES: Record<ItemSize, number> = { icon: 0, row: 1, card: 4, wide: 5, tall: 4 };

/** An app or a link: its icon, its name, and what there is room for. */
function Place({ item, size, picture }: BodyProps & { picture: string | null }) {
  const face = <Face name={item.title} picture={picture} color={item.color} size={ICONS[size]} />;
  const host = item.url && hostOf(item.url);
  const large = size === 'wide' || size === 'tall';
  return (
    <>
      {large && (
        // The same picture, large and faint: the tile is of that place.
        <span className="tile-art">
          <Face name={item.title} picture={picture} color={item.color} size="var(--tile-art)" />
        </span>
      )}
      {face}
      <span className="tile-words">
        <span dir="auto" className="tile-name">
          {item.title}
        </span>
        {LINES[size] > 0 && item.description && (
          <span
            dir="auto"
            className="tile-more"
            style={{ '--tile-lines': LINES[size] } as CSSProperties}
          >
            {item.description}
          </span>
        )}
        {size !== 'icon' && host && !(size === 'row' && item.description) && (
          <span className={`tile-host ${large || size === 'card' ? 'mt-1.5' : ''}`}>{host}</span>
        )}
      </span>
    </>
  );
}

/** Characters of a card's text that are read for a tile of each size. */
const TEXT: Record<ItemSize, number> = { icon: 0, row: 120, card: 320, wide: 700, tall: 700 };

/** A card: its title and its text. */
function Note({ item, size, picture }: BodyProps & { picture: string | null }) {
  const text =
    size === 'icon' ? '' : excerpt(item.body, item.title, TEXT[size]) || item.description;
  return size === 'icon' || size === 'row' ? (
    <>
      {picture === null ? (
        <span
          aria-hidden="true"
          className="face face-letter"
          style={{ '--face': ICONS[size] } as CSSProperties}
        >
          <FileText size={20} strokeWidth={1.75} />
        </span>
      ) : (
        <Face name={item.title} picture={picture} color={item.color} size={ICONS[size]} />
      )}
      <span className="tile-words">
        <span dir="auto" className="tile-name">
          {item.title}
        </span>
        {text && (
          <span dir="auto" className="tile-more" style={{ '--tile-lines': 2 } as CSSProperties}>
            {text}
          </span>
        )}
      </span>
    </>
  ) : (
    <span className="tile-words tile-text">
      <span dir="auto" className="tile-name">
        {item.title}
      </span>
      <span dir="auto" className="tile-more tile-note">
        {text}
      </span>
    </span>
  );
}

/** What screen readers say about every tile, once in the page. */
export const TileHint = () => (
  <p id={HINT} hidden>
    Arrow keys go round. Alt and an arrow key moves the item, Shift and an arrow key resizes it. F2
    edits, Delete deletes, Shift F10 opens the menu.
  </p>
);

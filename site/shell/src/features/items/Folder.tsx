/** A folder on the desktop: a tile that shows its first icons, and opens in place. */

import type { Item, ItemSize } from '@prox/api-client';
import { ChevronDown, FolderOpen, MoreHorizontal } from 'lucide-react';
import { type CSSProperties, memo } from 'react';
import { iconUrl } from '@/shared/data/icon';
import { Face, GREY } from '@/shared/ui/Face';
import { toggleFolder } from './folders';
import { isPrivate, Tile, TileBox, TileButton, type TileProps, TileTools } from './Tile';

/** Columns, number, CSS size and gap of the icons on a folder of each size. */
const PEEKS: Record<ItemSize, { columns: number; most: number; size: string; gap: string }> = {
  icon: { columns: 2, most: 4, size: 'calc(var(--tile-icon) / 2 - 1.5px)', gap: '3px' },
  row: { columns: 2, most: 4, size: 'calc(var(--tile-icon) / 2 - 1.5px)', gap: '3px' },
  card: { columns: 4, most: 8, size: '44px', gap: '8px' },
  wide: { columns: 9, most: 18, size: '44px', gap: '8px' },
  tall: { columns: 4, most: 20, size: '44px', gap: '8px' },
};

export const itemsWord = (count: number): string =>
  count === 0 ? 'Empty' : count === 1 ? '1 item' : `${count} items`;

type Props = TileProps & {
  inside: readonly Item[];
  open: boolean;
  /** The tile that Tab reaches, when it is in here. */
  entranceId: string | null;
};

export const Folder = memo(function Folder(props: Props) {
  return props.open ? <OpenFolder {...props} /> : <ClosedFolder {...props} />;
});

function ClosedFolder({ inside, ...props }: Props) {
  const { item } = props;
  const size = item.size;
  const peek = PEEKS[size];
  return (
    <TileBox {...props} size={size} tint={item.color ?? GREY}>
      <TileButton
        {...props}
        size={size === 'wide' || size === 'tall' ? 'card' : size}
        className="tile-folder"
        expanded={false}
        onClick={() => toggleFolder(item.id)}
      >
        {item.icon ? (
          <Face
            name={item.title}
            picture={iconUrl(item)}
            color={item.color}
            size="var(--tile-icon)"
          />
        ) : inside.length === 0 ? (
          <span
            aria-hidden="true"
            className="face face-letter"
            style={{ '--face': 'var(--tile-icon)' } as CSSProperties}
          >
            <FolderOpen size={20} strokeWidth={1.75} />
          </span>
        ) : (
          <span
            aria-hidden="true"
            className="tile-peek"
            style={
              {
                '--peek-columns': peek.columns,
                '--peek': peek.size,
                '--peek-gap': peek.gap,
              } as CSSProperties
            }
          >
            {inside.slice(0, peek.most).map((one) => (
              <Face
                key={one.id}
                name={one.title}
                picture={iconUrl(one)}
                color={one.color}
                size={peek.size}
              />
            ))}
          </span>
        )}
        <span className="tile-words">
          <span dir="auto" className="tile-name">
            {item.title}
          </span>
          <span className={size === 'icon' ? 'sr-only' : 'tile-host'}>
            <span className="sr-only">folder, </span>
            {itemsWord(inside.length)}
          </span>
        </span>
      </TileButton>
      <TileTools {...props} />
    </TileBox>
  );
}

function OpenFolder({ inside, entranceId, ...props }: Props) {
  const { item, entrance, onMenu } = props;
  return (
    <li
      data-item={item.id}
      data-folder=""
      data-open=""
      data-private={isPrivate(item)}
      className="tile"
    >
      <section aria-label={item.title} className="folder">
        {/* The button beside the title opens the same menu. */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
        <header
          className="mb-2 -ml-2 flex items-center gap-1"
          onContextMenu={(event) => {
            event.preventDefault();
            event.stopPropagation();
            onMenu(item, { x: event.clientX, y: event.clientY });
          }}
        >
          <h2 className="min-w-0 text-base">
            <button
              type="button"
              data-tile={item.id}
              tabIndex={entrance ? 0 : -1}
              aria-expanded
              className="button button-quiet max-w-full !font-semibold"
              onClick={() => toggleFolder(item.id)}
            >
              <ChevronDown size={16} aria-hidden="true" className="flex-none text-muted" />
              <span dir="auto" className="truncate">
                {item.title}
              </span>
              <span className="flex-none text-sm font-normal text-muted">
                <span className="sr-only">folder, </span>
                {itemsWord(inside.length)}
              </span>
            </button>
          </h2>
          <button
            type="button"
            className="button button-quiet button-icon flex-none text-muted hover:text-text"
            aria-label={`Menu of the folder ${item.title}`}
            aria-haspopup="menu"
            onClick={(event) => onMenu(item, event.currentTarget)}
          >
            <MoreHorizontal size={16} aria-hidden="true" />
          </button>
        </header>
        {item.description && (
          <p dir="auto" className="-mt-1 mb-3 max-w-[68ch] px-0.5 text-muted">
            {item.description}
          </p>
        )}
        <ul data-section={item.id} aria-label={item.title} className="tiles">
          {inside.map((one) => (
            <Tile key={one.id} {...props} item={one} entrance={one.id === entranceId} />
          ))}
          {inside.length === 0 && (
            <li className="flex items-center gap-2 self-center text-sm text-muted [grid-column:1/-1]">
              <FolderOpen size={16} aria-hidden="true" /> Empty. Drag something here, or use “Move
              to” in its menu.
            </li>
          )}
        </ul>
      </section>
    </li>
  );
}

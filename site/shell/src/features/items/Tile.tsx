/** One item on the desktop: an icon with its name, or a note with its first lines. */

import type { Item } from '@prox/api-client';
import { ArrowUpRight, MoreHorizontal } from 'lucide-react';
import { memo } from 'react';
import { Face } from '@/shared/ui/Face';
import { excerpt } from './excerpt';

type Props = {
  item: Item;
  /** Whether Tab reaches this one; arrows reach the others. */
  entrance: boolean;
  onOpen: (item: Item) => void;
  onMenu: (item: Item, anchor: Element | { x: number; y: number }) => void;
};

const HINT = 'tile-hint';

export const Tile = memo(function Tile({ item, entrance, onOpen, onMenu }: Props) {
  const note = item.kind === 'card';
  return (
    <li
      data-item={item.id}
      className={`tile group relative ${note ? 'tile-note' : ''}`}
      onContextMenu={(event) => {
        event.preventDefault();
        const byKeyboard = event.clientX === 0 && event.clientY === 0;
        const tile = event.currentTarget.querySelector('button') ?? event.currentTarget;
        onMenu(item, byKeyboard ? tile : { x: event.clientX, y: event.clientY });
      }}
    >
      <button
        type="button"
        data-tile={item.id}
        tabIndex={entrance ? 0 : -1}
        aria-describedby={HINT}
        className={note ? 'tile-paper' : 'tile-button'}
        onClick={(event) => {
          // The second click of a double click opens nothing more.
          if (event.detail <= 1) onOpen(item);
        }}
      >
        {note ? <Note item={item} /> : <Icon item={item} />}
      </button>
      <button
        type="button"
        tabIndex={-1}
        className={`absolute ${note ? 'top-3 right-[calc(var(--inset)+4px)] bg-raised' : 'top-1 right-1'} grid size-7 pointer-coarse:size-[44px] place-items-center rounded-control text-muted opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-active hover:text-text focus:opacity-100 pointer-coarse:opacity-60`}
        aria-label={`Menu of ${item.title}`}
        aria-haspopup="menu"
        onClick={(event) => onMenu(item, event.currentTarget)}
      >
        <MoreHorizontal size={16} aria-hidden="true" />
      </button>
    </li>
  );
});

function Icon({ item }: { item: Item }) {
  return (
    <>
      <Face name={item.title} picture={item.icon} size="var(--tile-icon)" />
      <span dir="auto" className="line-clamp-2 w-full px-3 text-sm [overflow-wrap:anywhere]">
        {item.title}
        {item.mode === 'tab' && (
          <>
            {/* Without a width, it never takes a line of its own; the padding has room for it. */}
            <span className="inline-block w-0 whitespace-nowrap">
              <ArrowUpRight size={11} aria-hidden="true" className="ml-px inline text-faint" />
            </span>
            <span className="sr-only">, opens in a new tab</span>
          </>
        )}
      </span>
    </>
  );
}

function Note({ item }: { item: Item }) {
  return (
    <>
      <span className="line-clamp-1 w-full font-semibold" dir="auto">
        {item.title}
      </span>
      <span className="tile-excerpt w-full text-sm text-muted" dir="auto">
        {excerpt(item.body, item.title) || item.description}
      </span>
    </>
  );
}

/** What screen readers say about every tile, once in the page. */
export const TileHint = () => (
  <p id={HINT} hidden>
    Arrow keys go round. Alt and an arrow key moves the item. F2 edits, Delete deletes, Shift F10
    opens the menu.
  </p>
);

/** The tile of a widget. All of it opens the widget; its own links and buttons lie above that. */
import { HINT, type TileProps } from '@/features/items/Tile';
import { Body } from './Body';
import { kindOf } from './kinds';

export default function WidgetTile({ item, entrance, onOpen }: TileProps) {
  const { size } = item;
  const tabIndex = entrance ? 0 : -1;
  const kind = kindOf(item.widget)?.label ?? 'Widget';
  return (
    <>
      <button
        type="button"
        data-tile={item.id}
        data-size={size}
        tabIndex={tabIndex}
        aria-describedby={HINT}
        className="widget-open"
        onClick={(event) => {
          if (event.detail <= 1) onOpen(item);
        }}
      >
        <span className="sr-only">
          {item.title}, {kind.toLowerCase() === item.title.toLowerCase() ? 'widget' : kind}
        </span>
      </button>
      <div className="tile-surface widget" data-size={size} data-widget={item.widget}>
        <Body item={item} size={size} tabIndex={tabIndex} />
      </div>
    </>
  );
}

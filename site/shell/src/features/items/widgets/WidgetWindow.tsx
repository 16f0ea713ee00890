/** The larger form of a widget, in its window. */
import type { Item } from '@prox/api-client';
import type { CSSProperties } from 'react';
import { iconUrl } from '@/shared/data/icon';
import { useTint } from '@/shared/ui/Face';
import { Scroll } from '@/shared/ui/Scroll';
import { Body } from './Body';

export default function WidgetWindow({ item }: { item: Item }) {
  const tint = useTint({ name: item.title, picture: iconUrl(item), color: item.color });
  return (
    <Scroll label={item.title} className="h-full">
      <div
        className="widget widget-window"
        data-size="window"
        style={{ '--item-color': tint } as CSSProperties}
      >
        <Body item={item} size="window" tabIndex={0} />
      </div>
    </Scroll>
  );
}

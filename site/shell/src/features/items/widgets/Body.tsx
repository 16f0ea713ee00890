/** The inside of a widget, in the size of its tile or of a window. */
import type { Widget } from '@prox/api-client';
import type { ComponentType } from 'react';
import { Clock } from './Clock';
import { Events } from './Events';
import { Feed } from './Feed';
import { Health } from './Health';
import { Line } from './parts';
import { SearchField } from './SearchField';
import type { BodyProps } from './view';
import './widgets.css';

const BODIES: Record<Widget, ComponentType<BodyProps>> = {
  clock: Clock,
  events: Events,
  feed: Feed,
  health: Health,
  search: SearchField,
};

/** A widget of a kind that this shell does not know shows its title only. */
export function Body(props: BodyProps) {
  const { item, size } = props;
  const Inside: ComponentType<BodyProps> | undefined = item.widget
    ? BODIES[item.widget]
    : undefined;
  return Inside ? <Inside {...props} /> : <Line item={item} size={size} />;
}

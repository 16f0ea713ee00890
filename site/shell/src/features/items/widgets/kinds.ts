/** The kinds of widgets, with what a new one is like. */
import type { CreateItem, ItemSize, Widget } from '@prox/api-client';
import { Activity, Clock, HeartPulse, type LucideIcon, Rss, Search } from 'lucide-react';

export type WidgetKind = {
  widget: Widget;
  label: string;
  /** One line about it. */
  detail: string;
  icon: LucideIcon;
  keywords: readonly string[];
  /** Of a new one. */
  size: ItemSize;
  color: string;
};

export const WIDGETS: readonly WidgetKind[] = [
  {
    widget: 'clock',
    label: 'Clock',
    detail: 'The time here, or in several places',
    icon: Clock,
    keywords: ['time', 'time zones', 'world', 'date'],
    size: 'card',
    color: '#4f52c4',
  },
  {
    widget: 'health',
    label: 'Item health',
    detail: 'Which links of this page do not answer',
    icon: HeartPulse,
    keywords: ['status', 'broken', 'dead links', 'uptime', 'monitor'],
    size: 'card',
    color: '#2e7d4f',
  },
  {
    widget: 'events',
    label: 'Recent events',
    detail: 'What happens in this organization, live',
    icon: Activity,
    keywords: ['activity', 'stream', 'log', 'news'],
    size: 'wide',
    color: '#2563a8',
  },
  {
    widget: 'search',
    label: 'Search',
    detail: 'A field that finds everything',
    icon: Search,
    keywords: ['find', 'field'],
    size: 'row',
    color: '#6b7280',
  },
  {
    widget: 'feed',
    label: 'Feed',
    detail: 'The newest entries of an RSS or Atom address',
    icon: Rss,
    keywords: ['rss', 'atom', 'news', 'blog', 'subscribe'],
    size: 'tall',
    color: '#c2570c',
  },
];

export const kindOf = (widget: Widget | null): WidgetKind | undefined =>
  WIDGETS.find((one) => one.widget === widget);

/** Body of a request that makes one. `url`: the address of a feed. */
export const newWidget = (
  { widget, label, size, color }: WidgetKind,
  { title = label, url, body }: { title?: string; url?: string; body?: string } = {},
): CreateItem => ({
  kind: 'widget',
  widget,
  title,
  size,
  color,
  ...(url !== undefined && { url }),
  ...(body !== undefined && { body }),
});

/** The action that adds a widget, and its entries in a menu. */
import type { CreateItem } from '@prox/api-client';
import { Blocks } from 'lucide-react';
import type { Action } from '@/shared/actions/action';
import { guessUrl, hostOf } from '@/shared/lib/url';
import type { MenuEntry } from '@/shared/ui/menu';
import { openDialog } from '@/system/dialogs';
import { newWidget, WIDGETS } from './kinds';

type Add = (body: CreateItem) => void;

export const widgetActions = (add: Add): readonly Action[] => [
  {
    id: 'item.add-widget',
    title: 'Add a widget',
    group: 'Items',
    icon: Blocks,
    keywords: ['new', 'clock', 'feed', 'rss', 'health', 'events', 'search', 'live', 'tile'],
    choose: {
      prompt: 'A widget',
      choices: () =>
        WIDGETS.map((kind) => {
          const { widget: id, label: title, detail, icon, keywords } = kind;
          const choice = { id, title, detail, icon, keywords };
          return id === 'feed'
            ? {
                ...choice,
                ask: {
                  prompt: 'The address of a feed, or of a site that has one',
                  check: (text: string) =>
                    guessUrl(text) ? null : 'Type a web address, like example.com/feed.',
                  run: (text: string) => {
                    const url = guessUrl(text) ?? text;
                    add(newWidget(kind, { title: hostOf(url), url }));
                  },
                },
              }
            : { ...choice, run: () => add(newWidget(kind)) };
        }),
    },
  },
];

export const widgetMenu = (add: Add): MenuEntry => ({
  kind: 'submenu',
  label: 'Add a widget',
  icon: Blocks,
  entries: WIDGETS.map((kind) => ({
    kind: 'action',
    label: kind.widget === 'feed' ? `${kind.label}…` : kind.label,
    icon: kind.icon,
    run: () =>
      kind.widget === 'feed' ? openDialog('add-item', { kind: 'feed' }) : add(newWidget(kind)),
  })),
});

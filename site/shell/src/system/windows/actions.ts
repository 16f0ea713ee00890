/** What can be done with windows by command: menus, shortcuts and the palette read these. */
import { Maximize2, Minus, PanelLeft, PanelRight, X } from 'lucide-react';
import type { Action } from '@/shared/actions/action';
import { cycle, goRound, reshape } from './keyboard';
import { activeOf } from './model';
import { closeWindow, minimizeWindow, useWindows } from './store';

const hasActive = () => activeOf(useWindows.getState()) !== null;

const onActive = (run: (id: string) => void) => () => {
  const id = activeOf(useWindows.getState());
  if (id) run(id);
};

export const WINDOW_ACTIONS: readonly Action[] = [
  {
    id: 'window.close',
    title: 'Close the window',
    group: 'Windows',
    icon: X,
    keys: ['Control+Alt+KeyW'],
    when: hasActive,
    run: onActive(closeWindow),
  },
  {
    id: 'window.minimize',
    title: 'Minimize the window',
    group: 'Windows',
    keywords: ['hide'],
    icon: Minus,
    keys: ['Control+Alt+ArrowDown'],
    when: hasActive,
    run: onActive(minimizeWindow),
  },
  {
    id: 'window.maximize',
    title: 'Maximize or restore the window',
    group: 'Windows',
    keywords: ['full screen', 'zoom'],
    icon: Maximize2,
    keys: ['Control+Alt+ArrowUp'],
    when: hasActive,
    run: onActive((id) => reshape(id, 'maximized')),
  },
  {
    id: 'window.snap-left',
    title: 'Window to the left half',
    group: 'Windows',
    keywords: ['snap', 'tile'],
    icon: PanelLeft,
    keys: ['Control+Alt+ArrowLeft'],
    when: hasActive,
    run: onActive((id) => reshape(id, 'left')),
  },
  {
    id: 'window.snap-right',
    title: 'Window to the right half',
    group: 'Windows',
    keywords: ['snap', 'tile'],
    icon: PanelRight,
    keys: ['Control+Alt+ArrowRight'],
    when: hasActive,
    run: onActive((id) => reshape(id, 'right')),
  },
  {
    id: 'window.next',
    title: 'Next window',
    group: 'Windows',
    keywords: ['switch', 'cycle'],
    keys: ['Control+Backquote'],
    when: hasActive,
    run: () => cycle(1),
  },
  {
    id: 'window.previous',
    title: 'Previous window',
    group: 'Windows',
    keywords: ['switch', 'cycle'],
    keys: ['Control+Shift+Backquote'],
    when: hasActive,
    run: () => cycle(-1),
  },
  {
    id: 'region.next',
    title: 'Next part of the screen',
    group: 'Go to',
    keywords: ['top bar', 'desktop', 'dock', 'messages', 'focus'],
    keys: ['F6'],
    run: () => goRound(1),
  },
  {
    id: 'region.previous',
    title: 'Previous part of the screen',
    group: 'Go to',
    keywords: ['top bar', 'desktop', 'dock', 'messages', 'focus'],
    keys: ['Shift+F6'],
    run: () => goRound(-1),
  },
];

/** What can be done with windows by command: menus, shortcuts and the palette read these. */
import {
  AppWindow,
  Grid2x2,
  Layers2,
  LayoutGrid,
  Maximize2,
  Minus,
  PanelLeft,
  PanelRight,
  Pin,
  X,
} from 'lucide-react';
import type { Action } from '@/shared/actions/action';
import { toggleOverview } from '@/system/overview/store';
import { stepSwitcher } from '@/system/switcher/store';
import { closeGroup, windowGroups } from './groups';
import { arrange, cycle, goRound, pin, reshape, SHAPE_NAMES, showDesktop } from './keyboard';
import { activeOf, type Shape } from './model';
import { closeWindow, closeWindows, focusWindow, minimizeWindow, useWindows } from './store';

const hasActive = () => activeOf(useWindows.getState()) !== null;

const isOpen = () => useWindows.getState().open.length > 0;

const onActive = (run: (id: string) => void) => () => {
  const id = activeOf(useWindows.getState());
  if (id) run(id);
};

const snap = (shape: Shape): Action => ({
  id: `window.snap-${shape}`,
  title: `Window to the ${SHAPE_NAMES[shape].toLowerCase()}`,
  group: 'Windows',
  keywords: ['snap', 'tile'],
  when: hasActive,
  run: onActive((id) => reshape(id, shape)),
});

/** Closes the windows of the desktop that is shown. */
function closeAll(): void {
  const { open, desktop } = useWindows.getState();
  closeWindows(open.filter((win) => win.desktop === desktop).map(({ id }) => id));
}

/** Without a choice, they act on the window in front. */
export const WINDOW_ACTIONS: readonly Action[] = [
  {
    id: 'window.switch',
    title: 'Switch to a window',
    group: 'Windows',
    keywords: ['focus', 'raise', 'show'],
    when: isOpen,
    choose: {
      prompt: 'A window',
      inline: true,
      choices: () => {
        const { stack, faces } = useWindows.getState();
        return stack.toReversed().map((id) => ({
          id,
          title: faces[id]?.title ?? 'Window',
          detail: 'Open window',
          picture: faces[id]?.picture ?? null,
          color: faces[id]?.color,
          run: () => focusWindow(id),
        }));
      },
    },
  },
  {
    id: 'window.close',
    title: 'Close the window',
    group: 'Windows',
    icon: X,
    keys: ['Control+Alt+w'],
    inFields: true,
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
    inFields: true,
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
    inFields: true,
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
    inFields: true,
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
    inFields: true,
    when: hasActive,
    run: onActive((id) => reshape(id, 'right')),
  },
  ...(
    [
      'top-left',
      'top-right',
      'bottom-left',
      'bottom-right',
      'left-third',
      'center-third',
      'right-third',
    ] as const
  ).map(snap),
  {
    id: 'window.overview',
    title: 'Overview of all windows',
    group: 'Windows',
    keywords: ['mission control', 'expose', 'desktops', 'miniatures'],
    icon: LayoutGrid,
    keys: ['$mod+ArrowUp'],
    run: toggleOverview,
  },
  {
    id: 'window.switcher',
    title: 'Switch windows while Alt is held',
    group: 'Windows',
    keywords: ['cycle', 'recent'],
    icon: AppWindow,
    keys: ['Alt+Backquote'],
    inFields: true,
    repeats: true,
    when: isOpen,
    run: () => stepSwitcher(1),
  },
  {
    id: 'window.switcher-back',
    title: 'Switch windows backwards while Alt is held',
    group: 'Windows',
    keywords: ['cycle', 'recent'],
    keys: ['Alt+Shift+Backquote'],
    inFields: true,
    repeats: true,
    when: isOpen,
    run: () => stepSwitcher(-1),
  },
  {
    id: 'window.pin',
    title: 'Keep the window on top, or no longer',
    group: 'Windows',
    keywords: ['always on top', 'pin'],
    icon: Pin,
    when: hasActive,
    run: onActive((id) => {
      const { open } = useWindows.getState();
      pin(id, !open.find((win) => win.id === id)?.pinned);
    }),
  },
  {
    id: 'window.tile',
    title: 'Arrange windows side by side',
    group: 'Windows',
    keywords: ['tile', 'grid', 'split'],
    icon: Grid2x2,
    when: hasActive,
    run: () => arrange('tile'),
  },
  {
    id: 'window.cascade',
    title: 'Arrange windows one behind the other',
    group: 'Windows',
    keywords: ['cascade', 'stack'],
    icon: Layers2,
    when: hasActive,
    run: () => arrange('cascade'),
  },
  {
    id: 'window.next',
    title: 'Next window',
    group: 'Windows',
    keywords: ['switch', 'cycle'],
    keys: ['Control+Backquote'],
    inFields: true,
    repeats: true,
    when: hasActive,
    run: () => cycle(1),
  },
  {
    id: 'window.previous',
    title: 'Previous window',
    group: 'Windows',
    keywords: ['switch', 'cycle'],
    keys: ['Control+Shift+Backquote'],
    inFields: true,
    repeats: true,
    when: hasActive,
    run: () => cycle(-1),
  },
  {
    id: 'region.next',
    title: 'Next part of the screen',
    group: 'Go to',
    keywords: ['top bar', 'desktop', 'dock', 'messages', 'focus'],
    keys: ['F6'],
    inFields: true,
    repeats: true,
    run: () => goRound(1),
  },
  {
    id: 'region.previous',
    title: 'Previous part of the screen',
    group: 'Go to',
    keywords: ['top bar', 'desktop', 'dock', 'messages', 'focus'],
    keys: ['Shift+F6'],
    inFields: true,
    repeats: true,
    run: () => goRound(-1),
  },
  {
    id: 'window.close-all',
    title: 'Close all windows',
    group: 'Windows',
    when: isOpen,
    run: closeAll,
  },
  {
    id: 'window.close-group',
    title: 'Close windows of one kind or site',
    group: 'Windows',
    keywords: ['dock', 'several', 'same'],
    icon: X,
    when: () => windowGroups().length > 0,
    choose: {
      prompt: 'A kind or a site',
      choices: () =>
        windowGroups().map(({ label, ids }) => ({
          id: label,
          title: label,
          detail: `${ids.length} windows`,
          run: () => closeGroup(ids),
        })),
    },
  },
  {
    id: 'window.show-desktop',
    title: 'Show the desktop, or the windows again',
    group: 'Windows',
    keywords: ['minimize', 'hide', 'all'],
    keys: ['Control+Alt+d'],
    inFields: true,
    when: isOpen,
    run: showDesktop,
  },
  {
    id: 'window.move',
    title: 'Move the window; with Shift, resize it',
    group: 'Windows',
    fixedKeys: 'Arrow keys on its handle',
    local: true,
  },
  {
    id: 'window.cancel-drag',
    title: 'Cancel moving or resizing a window with the pointer',
    group: 'Windows',
    fixedKeys: 'Esc',
    local: true,
  },
  {
    id: 'window.leave-page',
    title: 'Go back to the window of an embedded page, which receives all other keys itself',
    group: 'Windows',
    fixedKeys: 'Tab, past the end of the page',
    local: true,
  },
];

/**
 * The dock of a phone, in the reach of a thumb: home, apps, adding, windows, and all else. A swipe up on
 * it opens the overview of all windows, as its button does.
 */

import { useInfiniteQuery } from '@tanstack/react-query';
import {
  Bell,
  Command,
  Ellipsis,
  Home,
  Layers,
  LayoutGrid,
  type LucideIcon,
  PencilLine,
  Plus,
  SquareStack,
} from 'lucide-react';
import type { PointerEvent } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { VISIBILITIES } from '@/features/spaces/visibility';
import { menuEntry } from '@/shared/actions/registry';
import { notificationsQuery } from '@/shared/data/notifications';
import { shortCount } from '@/shared/lib/count';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { scrollBehavior } from '@/shared/lib/motion';
import { usePlace } from '@/shared/lib/place';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { openApp, type SystemApp } from '@/system/apps';
import { ConnectionStatus } from '@/system/ConnectionStatus';
import { desktopEntries } from '@/system/desktops/menu';
import { openDialog } from '@/system/dialogs';
import { Overview, openOverview } from '@/system/overview/store';
import { showDesktop } from '@/system/windows/keyboard';
import { activeOf } from '@/system/windows/model';
import { useWindows } from '@/system/windows/store';
import { DIALOGS } from './dialogs';
import { useKeyboardInset } from './useKeyboardInset';
import '@/styles/phone-dock.css';

/** Px that a finger goes up for the overview. */
const SWIPE = 40;

function startSwipe({ pointerId, clientX, clientY }: PointerEvent<HTMLElement>): void {
  const controller = new AbortController();
  const { signal } = controller;
  const end = (event: globalThis.PointerEvent) =>
    event.pointerId === pointerId && controller.abort();
  addEventListener(
    'pointermove',
    (event) => {
      const up = clientY - event.clientY;
      if (event.pointerId !== pointerId || up < SWIPE) return;
      controller.abort();
      if (up > Math.abs(event.clientX - clientX)) openOverview();
    },
    { signal },
  );
  addEventListener('pointerup', end, { signal });
  addEventListener('pointercancel', end, { signal });
}

/** Minimizes all windows; without one, goes to the first page. */
function goHome(): void {
  if (activeOf(useWindows.getState())) {
    showDesktop();
    return;
  }
  document.querySelector('.pages')?.scrollTo({ left: 0, behavior: scrollBehavior() });
}

export default function PhoneDock({ apps }: { apps: readonly SystemApp[] }) {
  useKeyboardInset();
  const { me, space } = usePlace();
  const active = useWindows(activeOf);
  const windows = useWindows(useShallow(({ open }) => open.length));
  const { data } = useInfiniteQuery(notificationsQuery(me.id));
  const unread = data?.pages[0]?.unread ?? 0;

  const appEntries = (): MenuEntry[] =>
    apps.map((app) => ({
      kind: 'action',
      label: app.title,
      icon: app.icon,
      run: () => openApp(app),
    }));
  const moreEntries = (): MenuEntry[] => [
    {
      kind: 'action',
      label: unread > 0 ? `Notifications, ${shortCount(unread)} unread` : 'Notifications',
      icon: Bell,
      run: () => openDialog('notifications'),
    },
    ...(space
      ? ([
          menuEntry('space.publish', {
            label: `Who sees this page: ${VISIBILITIES[space.visibility].label.toLowerCase()}`,
            icon: VISIBILITIES[space.visibility].icon,
          }),
          menuEntry('space.edit', { label: 'Title and description', icon: PencilLine }),
          menuEntry('space.look', { label: 'Cover and accent' }),
        ] as const)
      : []),
    { kind: 'line' },
    { kind: 'submenu', label: 'Desktops', icon: Layers, entries: desktopEntries() },
    menuEntry('palette.open', { icon: Command }),
    menuEntry('item.undo', { label: 'Undo' }),
  ];

  return (
    <nav
      aria-label="Dock"
      data-region="dock"
      tabIndex={-1}
      className="phone-dock"
      onPointerDown={startSwipe}
    >
      <DockButton label="Home" icon={Home} current={active === null} onClick={goHome} />
      <DockButton
        label="Apps"
        icon={LayoutGrid}
        menu
        preload={preloadMenu}
        onClick={(button) => openMenu('Apps', button, appEntries())}
      />
      {space && (
        <DockButton
          label="Add"
          icon={Plus}
          main
          preload={DIALOGS['add-item'].preload}
          onClick={() => openDialog('add-item', {})}
        />
      )}
      <DockButton
        label="Windows"
        name={`Overview of all windows${windows > 0 ? `, ${windows} open` : ''}`}
        icon={SquareStack}
        count={windows}
        preload={Overview.preload}
        onClick={openOverview}
      />
      <DockButton
        label="More"
        name={unread > 0 ? `More, ${unread} unread notifications` : 'More'}
        icon={Ellipsis}
        menu
        count={unread}
        loud
        preload={preloadMenu}
        onClick={(button) => openMenu('More', button, moreEntries())}
      />
      <ConnectionStatus quiet />
    </nav>
  );
}

type ButtonProps = {
  label: string;
  /** What screen readers say, when it is more than the label. */
  name?: string;
  icon: LucideIcon;
  current?: boolean;
  menu?: boolean;
  /** The one that most people come for. */
  main?: boolean;
  count?: number;
  /** Whether the count wants to be seen. */
  loud?: boolean;
  preload?: () => void;
  onClick: (button: HTMLElement) => void;
};

function DockButton(props: ButtonProps) {
  const { label, name = label, icon: Icon, current, menu, main, count = 0, loud, preload } = props;
  return (
    <button
      type="button"
      className="phone-dock-button"
      aria-label={name}
      aria-current={current}
      aria-haspopup={menu ? 'menu' : undefined}
      {...(preload && preloadOnIntent(preload))}
      onClick={(event) => props.onClick(event.currentTarget)}
    >
      {/* The number is part of the name; for eyes, it is drawn. */}
      <span
        className={main ? 'phone-dock-main' : 'phone-dock-glyph'}
        data-count={count > 0 ? shortCount(count) : undefined}
        data-loud={loud ? '' : undefined}
      >
        <Icon size={22} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span aria-hidden="true">{label}</span>
    </button>
  );
}

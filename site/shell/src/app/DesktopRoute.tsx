/** The desktop of one space: top bar, items, windows, dock and the open dialog. */

import type { Organization, Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { type ComponentType, Fragment, lazy, Suspense, use, useCallback, useEffect } from 'react';
import { Grid, GridSkeleton } from '@/features/items/Grid';
import { ItemActions } from '@/features/items/ItemActions';
import { linkOf } from '@/features/items/links';
import { itemOf } from '@/features/items/windows';
import { Header } from '@/features/spaces/Header';
import { itemsQuery } from '@/shared/data/items';
import { isCompact, useCompact, useTitle } from '@/shared/lib/hooks';
import { lazyWithPreload, whenIdle } from '@/shared/lib/lazy';
import { usePlace } from '@/shared/lib/place';
import { pastedUrl } from '@/shared/lib/url';
import { Boundary, isMissingCode, Optional } from '@/shared/ui/Boundary';
import { preloadMenu } from '@/shared/ui/menu';
import { Loaded, Note } from '@/shared/ui/States';
import { toast } from '@/shared/ui/toasts';
import { appOf, type SystemApp } from '@/system/apps';
import { Dock } from '@/system/Dock';
import { useWallpaper } from '@/system/desktops/wallpaper';
import { closeDialog, type OpenDialog, openDialog, useDialog } from '@/system/dialogs';
import { Wallpaper } from '@/system/Wallpaper';
import { closeWindow } from '@/system/windows/store';
import { WindowLayer } from '@/system/windows/WindowLayer';
import { DIALOGS } from './dialogs';
import { early } from './prefetch';
import { APPS } from './registry';
import { TopBar } from './TopBar';
import { useAccent } from './useAccent';
import { useLayers } from './useLayers';
import { useShellActions } from './useShellActions';
import { AppWindow, ItemWindow, LinkWindow } from './windows';

const EmptyDesktop = lazy(() => import('@/features/items/EmptyDesktop'));
const OfflineStrip = lazy(() => import('./OfflineStrip'));
const UndoHost = lazy(() => import('@/features/undo/UndoHost'));
const DesktopGestures = lazy(() => import('@/features/items/DesktopGestures'));
/** What only a phone has; there, it is part of the first paint. */
const Pages = lazyWithPreload(() => import('@/features/items/Pages'));
const PhoneDock = lazyWithPreload(() => import('./PhoneDock'));
if (isCompact()) {
  Pages.preload();
  PhoneDock.preload();
}

type Props = { organization: Organization; spaces: readonly Space[]; space: Space | null };

export function DesktopRoute({ organization, spaces, space }: Props) {
  useTitle(space?.title ?? 'Not found');
  usePastedAddress(space !== null);
  useLayers(usePlace().me.id, organization);
  useAccent(space?.accent ?? null);
  useShellActions({ organization, spaces, space });
  const compact = useCompact();
  useEffect(
    () =>
      whenIdle(
        AppWindow.preload,
        preloadMenu,
        DIALOGS.palette.preload,
        DIALOGS['add-item'].preload,
        DIALOGS.publish.preload,
      ),
    [],
  );
  const renderWindow = useCallback(
    (id: string) => <WindowOf id={id} organization={organization.id} />,
    [organization.id],
  );
  return (
    <div className="relative h-full overflow-hidden">
      <Wallpaper stored={useWallpaper()} />
      <TopBar organization={organization} spaces={spaces} space={space} />
      <main
        data-region="desktop"
        tabIndex={-1}
        aria-label={space?.title ?? 'Desktop'}
        className="absolute top-(--bar) right-(--rail) bottom-0 left-0 overflow-y-auto overscroll-contain outline-none phone:bottom-(--dock)"
      >
        <Optional>
          <OfflineStrip space={space?.id} />
        </Optional>
        <div className="desktop-content">
          {space ? (
            <Fragment key={space.id}>
              <ItemActions space={space} />
              <Optional>
                <DesktopGestures space={space} />
              </Optional>
              <Content space={space} compact={compact} />
            </Fragment>
          ) : (
            <Note title="There is no such space" page>
              It was renamed or deleted. Choose another one at the top of the page.
            </Note>
          )}
        </div>
      </main>
      <Optional>
        <UndoHost organization={organization} space={space} />
      </Optional>
      <WindowLayer render={renderWindow} />
      {compact ? (
        <Suspense fallback={<div className="phone-dock" />}>
          <PhoneDock.component apps={APPS} />
        </Suspense>
      ) : (
        <Dock apps={APPS} />
      )}
      <DialogLayer />
    </div>
  );
}

type ContentProps = { space: Space; compact: boolean };

/** The header is part of the first page on a phone, and stands above the tiles elsewhere. */
function Content({ space, compact }: ContentProps) {
  const header = <Header space={space} />;
  return (
    <>
      {!compact && header}
      <Suspense
        fallback={
          <>
            {compact && header}
            <GridSkeleton />
          </>
        }
      >
        <Items space={space} compact={compact} />
      </Suspense>
    </>
  );
}

function Items({ space, compact }: ContentProps) {
  if (early.items) use(early.items);
  const query = useQuery(itemsQuery(space.organization_id, space.id));
  const header = compact && <Header space={space} />;
  const near = ItemWindow.preload;
  if (compact && query.data?.length)
    return (
      <Grid
        space={space}
        items={query.data}
        onNear={near}
        pages={Pages.component}
        header={header}
      />
    );
  const loaded = (
    <Loaded query={query} skeleton={<GridSkeleton />}>
      {(items) =>
        items.length === 0 ? (
          <Boundary>
            <Suspense fallback={<GridSkeleton />}>
              <EmptyDesktop />
            </Suspense>
          </Boundary>
        ) : (
          <Grid space={space} items={items} onNear={near} />
        )
      }
    </Loaded>
  );
  return (
    <>
      {header}
      {loaded}
    </>
  );
}

/** Pasting an address anywhere but in a field offers to add it. */
function usePastedAddress(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    const paste = (event: ClipboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('input, textarea, select, [contenteditable], [role="dialog"]')) return;
      const url = pastedUrl(event.clipboardData?.getData('text') ?? '');
      if (url) openDialog('add-item', { url });
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [enabled]);
}

function WindowOf({ id, organization }: { id: string; organization: string }) {
  const app = appOf(id, APPS);
  const item = itemOf(id);
  const link = linkOf(id);
  if (app || !(item || link)) return <Shown id={id} app={app} />;
  return (
    <Optional instead={() => <Shown id={id} app={null} />}>
      {item ? (
        <ItemWindow.component id={id} organization={organization} {...item} />
      ) : (
        link && <LinkWindow.component id={id} url={link} />
      )}
    </Optional>
  );
}

const Shown = (props: { id: string; app: SystemApp | null }) => (
  <Optional instead={() => <WindowFailed id={props.id} />}>
    <AppWindow.component {...props} />
  </Optional>
);

/** The code of windows could not be fetched, so there is not even a frame to say so in. */
function WindowFailed({ id }: { id: string }) {
  useEffect(() => {
    closeWindow(id);
    toast('error', 'The window could not be opened. Check your connection, then reload the page.');
  }, [id]);
  return null;
}

/** The open dialog. When its code cannot be fetched, a message says so. */
function DialogLayer() {
  const { dialog } = useDialog();
  if (!dialog) return null;
  const { title, component } = DIALOGS[dialog.id];
  const Body = component as ComponentType<{ params: OpenDialog['params']; onClose: () => void }>;
  return (
    <Optional
      key={dialogKey(dialog)}
      instead={(error) => <DialogFailed title={title} error={error} />}
    >
      <Body params={dialog.params} onClose={closeDialog} />
    </Optional>
  );
}

/** Another item is another dialog, with a form of its own. */
const dialogKey = ({ id, params }: OpenDialog) => JSON.stringify([id, params]);

function DialogFailed({ title, error }: { title: string; error: unknown }) {
  useEffect(() => {
    closeDialog();
    const wayOn = isMissingCode(error)
      ? 'Check your connection, then reload the page.'
      : 'This is a fault of ours. Reload the page and try again.';
    toast('error', `“${title}” could not be opened. ${wayOn}`);
  }, [title, error]);
  return null;
}

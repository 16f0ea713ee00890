/** Binds the open windows, dialogs and menus to the address of the page and to the Back button. */
import type { Me } from '@prox/api-client';
import { useEffect } from 'react';
import { restoreItemWindow } from '@/features/items/windows';
import { queryClient } from '@/shared/data/client';
import { keys } from '@/shared/data/keys';
import { spacePath } from '@/shared/lib/paths';
import { useQuestion } from '@/shared/ui/confirm';
import { closeMenu, type OpenMenu, useMenu } from '@/shared/ui/menu';
import { appWindowId, openApp } from '@/system/apps';
import { closeDialog, openDialog, useDialog } from '@/system/dialogs';
import { type HistoryPort, type Layer, LayerHistory } from '@/system/layers';
import { recall, remember } from '@/system/windows/memory';
import { closeWindow, useWindows } from '@/system/windows/store';
import { dialogAddress, dialogNamed, windowAddress, windowNamed, windowsNamed } from './address';
import { DIALOGS } from './dialogs';
import { APPS } from './registry';

/** The name under which an entry's state holds its number of layers. */
const DEPTH = 'proxDepth';

const browser: HistoryPort = {
  path: () => location.pathname,
  search: () => location.search,
  depth: () => {
    const state: unknown = history.state;
    const depth = typeof state === 'object' && state !== null && Reflect.get(state, DEPTH);
    return typeof depth === 'number' ? depth : 0;
  },
  push: (url, depth) => history.pushState({ [DEPTH]: depth }, '', url),
  replace: (url, depth) => history.replaceState({ [DEPTH]: depth }, '', url),
  go: (entries) => history.go(entries),
};

type OpenLayer = Layer & { close: () => void };

/** From back to front. A minimized window is not a layer, since Back has nothing to close. */
function openLayers(): OpenLayer[] {
  const { open, stack } = useWindows.getState();
  const { dialog } = useDialog.getState();
  const { question } = useQuestion.getState();
  const { menu } = useMenu.getState();
  const seen = stack.filter((id) => open.some((win) => win.id === id && !win.minimized));
  return [
    ...seen.map((id) => ({
      address: windowAddress(id, APPS),
      close: () => closeWindow(id),
    })),
    ...(dialog ? [{ address: dialogAddress(dialog), close: closeDialog }] : []),
    ...(question ? [{ address: null, close: () => useQuestion.setState({ question: null }) }] : []),
    ...(menu ? [{ address: null, close: () => leaveMenu(menu) }] : []),
  ];
}

function leaveMenu({ returnTo }: OpenMenu): void {
  closeMenu();
  returnTo?.focus();
}

function restore(search: string): void {
  const { open } = useWindows.getState();
  for (const name of windowsNamed(search)) {
    const found = windowNamed(name, APPS);
    if (!found) continue;
    if ('app' in found) openApp(found.app);
    else if (!open.some(({ id }) => id === found.item)) restoreItemWindow(found.item);
  }
  const dialog = dialogNamed(search, DIALOGS);
  if (dialog) openDialog(dialog.id, dialog.params);
}

/** The ids of the windows that an address names. */
function idsNamed(search: string): Set<string> {
  const found = windowsNamed(search).map((name) => windowNamed(name, APPS));
  return new Set(
    found.flatMap((one) => (one ? ['app' in one ? appWindowId(one.app.id) : one.item] : [])),
  );
}

/** Whether windows of before a reload may still come back: on the first desktop of this page. */
let isFirst = true;

/** Runs while the desktop of an organization, named by its slug, is shown. */
export function useLayers(organization: string): void {
  useEffect(() => {
    const desktop = spacePath(organization, '');
    const layers = new LayerHistory(browser, {
      covers: (path) => path.startsWith(desktop),
      list: openLayers,
      close: (count) =>
        openLayers()
          .slice(-count)
          .reverse()
          .forEach(({ close }) => void close()),
      restore,
    });
    const owner = `${queryClient.getQueryData<Me>(keys.me)?.id} ${organization}`;
    if (isFirst) {
      isFirst = false;
      const named = idsNamed(location.search);
      recall(owner, (id) => named.has(id));
    }
    layers.start();
    // A dialog that closes and what opens in its place are one change.
    let scheduled = false;
    let ended = false;
    const schedule = () => {
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(() => {
        scheduled = false;
        if (!ended) layers.sync();
      });
    };
    const popped = () => layers.popped();
    const navigated = () => layers.navigated();
    const unsubscribe = [
      remember(owner),
      useWindows.subscribe((now, before) => {
        // Dragging a window changes its rectangle many times and no layer.
        if (now.stack !== before.stack || now.open.length !== before.open.length) schedule();
        else if (now.open.some((win, at) => win.minimized !== before.open[at]?.minimized))
          schedule();
      }),
      useDialog.subscribe(schedule),
      useQuestion.subscribe(schedule),
      useMenu.subscribe((now, before) => {
        if ((now.menu === null) !== (before.menu === null)) schedule();
      }),
    ];
    addEventListener('popstate', popped);
    // The router dispatches these for its own changes.
    addEventListener('pushState', navigated);
    addEventListener('replaceState', navigated);
    return () => {
      ended = true;
      for (const stop of unsubscribe) stop();
      removeEventListener('popstate', popped);
      removeEventListener('pushState', navigated);
      removeEventListener('replaceState', navigated);
    };
  }, [organization]);
}

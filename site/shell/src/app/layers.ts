/** Binds the open windows, dialogs and menus to the address of the page and to the Back button. */
import { endArranging, useArranging } from '@/features/items/arranging';
import { restoreItemWindow } from '@/features/items/windows';
import { spacePath } from '@/shared/lib/paths';
import { showRow } from '@/shared/rows/wanted';
import { closeQuestion, useQuestion } from '@/shared/ui/confirm';
import { closeMenu, type OpenMenu, useMenu } from '@/shared/ui/menu';
import { appWindowId, openApp } from '@/system/apps';
import { startDesktops } from '@/system/desktops/start';
import { useDesktops } from '@/system/desktops/store';
import { closeDialog, openDialog, useDialog } from '@/system/dialogs';
import { type HistoryPort, type Layer, LayerHistory } from '@/system/layers';
import { closeOverview, useOverview } from '@/system/overview/store';
import { closeSwitcher } from '@/system/switcher/store';
import { isShown } from '@/system/windows/model';
import { closeWindow, dispatch, useWindows } from '@/system/windows/store';
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

/** From back to front. A window that cannot be seen is not a layer, since Back has nothing to close. */
function openLayers(): OpenLayer[] {
  const { open, stack, desktop } = useWindows.getState();
  const { dialog } = useDialog.getState();
  const { question } = useQuestion.getState();
  const { menu } = useMenu.getState();
  const windows = new Map(open.map((win) => [win.id, win]));
  return [
    ...stack.flatMap((id) => {
      const win = windows.get(id);
      if (!win || !isShown(win, desktop)) return [];
      const { restored } = win;
      return { address: windowAddress(id, APPS), restored, close: () => closeWindow(id) };
    }),
    ...(useArranging.getState().on ? [{ address: null, close: endArranging }] : []),
    ...(useOverview.getState().isOpen ? [{ address: null, close: closeOverview }] : []),
    ...(dialog ? [{ address: dialogAddress(dialog), close: closeDialog }] : []),
    ...(question ? [{ address: null, close: closeQuestion }] : []),
    ...(menu ? [{ address: null, close: () => leaveMenu(menu) }] : []),
  ];
}

function leaveMenu({ returnTo }: OpenMenu): void {
  closeMenu();
  returnTo?.focus();
}

/** The desktop in the address; the first one has none. */
function desktopAddress(): [string, string][] {
  const { desktop } = useWindows.getState();
  const { all } = useDesktops.getState();
  return all.length === 0 || all[0]?.id === desktop ? [] : [['desktop', desktop]];
}

/** Opens the windows that an address names; the last of them comes to the front when `raise`. */
function restoreWindows(search: string, raise: boolean): void {
  const named = windowsNamed(search).flatMap((name) => windowNamed(name, APPS) ?? []);
  for (const [at, one] of named.entries()) {
    const id = 'app' in one ? appWindowId(one.app.id) : one.item;
    const isOpen = useWindows.getState().open.some((win) => win.id === id);
    if (isOpen && !(raise && at === named.length - 1)) continue;
    if (isOpen) dispatch({ type: 'focus', id });
    else if ('app' in one) openApp(one.app);
    else restoreItemWindow(id);
    if ('app' in one && one.row) showRow(one.app.id, one.row);
  }
}

/** After a reload, the front layers have the entries that this tab made for them before. */
function claim(count: number): void {
  const layers = openLayers();
  const dialogs = layers.filter(({ restored }) => restored === undefined).length;
  const { stack, open, desktop } = useWindows.getState();
  const shown = stack.filter((id) => open.some((win) => win.id === id && isShown(win, desktop)));
  dispatch({
    type: 'claim',
    ids: new Set(shown.slice(shown.length - Math.max(0, count - dialogs))),
  });
}

/**
 * Runs while the desktop of an organization is shown. What is open is what the desktop's document
 * keeps; an address that this tab did not write itself opens what it names on top of that.
 */
export function startLayers(person: string, id: string, slug: string): () => void {
  const desktop = spacePath(slug, '');
  const wanted = new URLSearchParams(location.search).get('desktop');
  const { session, stop: stopDesktops } = startDesktops(person, id, wanted);
  const layers = new LayerHistory(browser, {
    covers: (path) => path.startsWith(desktop),
    list: openLayers,
    base: desktopAddress,
    close: (count) =>
      openLayers()
        .filter(({ restored }) => !restored)
        .slice(-count)
        .reverse()
        .forEach(({ close }) => void close()),
    restore: (search, reason) => {
      const named = new URLSearchParams(search).get('desktop');
      const { all } = useDesktops.getState();
      const shown = all.find((one) => one.id === named) ?? all[0];
      if (shown) dispatch({ type: 'desktop', desktop: shown.id });
      const open = () => restoreWindows(search, reason === 'address');
      // A window that opens before the account's arrangement is here would replace its place in it.
      if (!session.isKept && reason !== 'forward') void session.listed.then(() => !ended && open());
      // After a reload the document knows better: another device may have closed a window.
      else if (reason !== 'reload') open();
      const dialog = dialogNamed(search, DIALOGS);
      if (dialog) openDialog(dialog.id, dialog.params);
    },
    claim,
  });
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
    useWindows.subscribe((now, before) => {
      if (now.open !== before.open || now.desktop !== before.desktop) schedule();
    }),
    useDesktops.subscribe(schedule),
    useOverview.subscribe((now, before) => {
      if (now.isOpen !== before.isOpen) schedule();
    }),
    useArranging.subscribe((now, before) => {
      if (now.on !== before.on) schedule();
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
    closeOverview();
    closeSwitcher();
    stopDesktops();
    for (const stop of unsubscribe) stop();
    removeEventListener('popstate', popped);
    removeEventListener('pushState', navigated);
    removeEventListener('replaceState', navigated);
  };
}

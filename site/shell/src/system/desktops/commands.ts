/** What a person can do with desktops: each is announced, and says when it did not work. */
import { announce } from '@/shared/ui/announce';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { noteLayout } from '@/shared/undo/timeline';
import { dispatch, useWindows } from '@/system/windows/store';
import { newDesktopId } from './id';
import { keptOf } from './kept';
import { type Desktop, freshName, MOST_DESKTOPS, moved, neighbourOf, stepFrom } from './model';
import { desktops, useDesktops } from './store';

const all = () => useDesktops.getState().all;
const shownId = () => useWindows.getState().desktop;

export const canAdd = (): boolean => all().length < MOST_DESKTOPS;

/** `travel` tells the layer of windows from which side the desktop comes. */
export function showDesktopOf(id: string): void {
  const list = all();
  const to = list.find((one) => one.id === id);
  if (!to || id === shownId()) return;
  const [from, at] = [shownId(), id].map((one) => list.findIndex((desktop) => desktop.id === one));
  useDesktops.setState({ travel: (at ?? 0) > (from ?? 0) ? 'next' : 'previous' });
  dispatch({ type: 'desktop', desktop: id });
  // What had the focus may be hidden now.
  document.querySelector<HTMLElement>('[data-region="desktop"]')?.focus({ preventScroll: true });
  announce(`${to.name}, desktop ${(at ?? 0) + 1} of ${list.length}`);
}

export function stepDesktop(by: 1 | -1): void {
  const next = stepFrom(all(), shownId(), by);
  if (next) showDesktopOf(next.id);
}

export function addDesktop(name = freshName(all())): void {
  if (!canAdd()) {
    toast('info', `There are ${MOST_DESKTOPS} desktops already. Remove one first.`);
    return;
  }
  const id = newDesktopId();
  const shown = shownId();
  useDesktops.setState({ travel: 'next' });
  desktops()?.add({ id, name });
  noteLayout({
    verb: 'add-desktop',
    title: name,
    from: { desktops: { [id]: null }, shown },
    to: { desktops: { [id]: { name } } },
  });
  announce(`${name} was added`);
}

/** Why a name is refused; null for a good one. */
export function checkName(name: string): string | null {
  if (name.trim() === '') return 'Enter a name.';
  return [...name.trim()].length > 80 ? 'Use at most 80 characters.' : null;
}

const change = (changes: ReadonlyMap<string, Partial<Omit<Desktop, 'id'>>>) =>
  desktops()?.change(changes).catch(toastProblem);

export function renameDesktop(id: string, name: string): void {
  const before = all().find((one) => one.id === id)?.name;
  const after = name.trim();
  if (checkName(name) !== null || before === undefined || before === after) return;
  void change(new Map([[id, { name: after }]]));
  noteLayout({
    verb: 'rename-desktop',
    title: after,
    from: { desktops: { [id]: { name: before } } },
    to: { desktops: { [id]: { name: after } } },
  });
  announce(`Renamed to ${name.trim()}`);
}

/** Moves a desktop by one place in the order of desktops. */
export function shiftDesktop(id: string, by: 1 | -1): void {
  const list = all();
  const to = list.findIndex((one) => one.id === id) + by;
  if (to < 0 || to >= list.length) {
    announce(by < 0 ? 'Already the first' : 'Already the last');
    return;
  }
  const places = moved(list, id, to);
  void change(places);
  noteLayout({
    verb: 'order-desktops',
    title: list[to - by]?.name ?? '',
    from: {
      desktops: Object.fromEntries(
        list.filter((one) => places.has(one.id)).map(({ id, position }) => [id, { position }]),
      ),
    },
    to: { desktops: Object.fromEntries(places) },
  });
  announce(`Desktop ${to + 1} of ${list.length}`);
}

export function removeDesktop(id: string): void {
  const own = all().find((one) => one.id === id);
  const to = neighbourOf(all(), id);
  if (!own || !to) return;
  const windows = useWindows.getState().open.filter((win) => win.desktop === id);
  const count = windows.length;
  const on = (desktop: string) =>
    Object.fromEntries(windows.map((win) => [win.id, { desktop }] as const));
  const kept = keptOf(own);
  desktops()
    ?.remove(id)
    .then(
      () => {
        noteLayout({
          verb: 'remove-desktop',
          title: own.name,
          from: { desktops: { [id]: kept }, windows: on(id) },
          to: { desktops: { [id]: null }, windows: on(to.id) },
        });
        const where = count === 0 ? '' : ` Its windows are on ${to.name}.`;
        toast('info', `${own.name} was removed.${where}`);
      },
      () =>
        toast(
          'error',
          `${own.name} could not be removed. Check your connection, then try again.${count > 0 ? ` Its windows are on ${to.name}.` : ''}`,
        ),
    );
}

/** Moves a window to another desktop. `follow`: shows that desktop. */
export function sendWindow(id: string, desktop: string, follow = false): void {
  const to = all().find((one) => one.id === desktop);
  const { faces, open } = useWindows.getState();
  if (!to || open.find((win) => win.id === id)?.desktop === desktop) return;
  dispatch({ type: 'move', id, desktop });
  if (follow) dispatch({ type: 'focus', id });
  announce(`${faces[id]?.title ?? 'The window'} is on ${to.name}`);
}

/** Moves the window to the desktop beside its own, and shows that. */
export function sendWindowBy(id: string, by: 1 | -1, follow = true): void {
  const own = useWindows.getState().open.find((win) => win.id === id);
  const to = own && stepFrom(all(), own.desktop, by);
  if (!to) return;
  useDesktops.setState({ travel: by > 0 ? 'next' : 'previous' });
  sendWindow(id, to.id, follow);
}

/** Reads and makes arrangements of windows and desktops, for undo and for imports. */
import { applyPatch } from '@/shared/state/merge-patch';
import { type PreferenceChange, setPreferences, usePreferences } from '@/shared/state/preferences';
import type { Arrangement, Change } from '@/shared/undo/changes';
import type { LayoutPort } from '@/shared/undo/history';
import { noteLayout } from '@/shared/undo/timeline';
import type { Placed, Win } from '@/system/windows/model';
import { dispatch, focusWindow, useWindows } from '@/system/windows/store';
import { showDesktopOf } from './commands';
import { newDesktopId } from './id';
import { type KeptDesktop, layoutOf } from './kept';
import type { Desktop } from './model';
import { desktops, useDesktops } from './store';

/** Another device may have stored the place, in whole pixels. */
const rounded = (placed: Placed | null | undefined) =>
  placed &&
  [placed.rect.x, placed.rect.y, placed.rect.width, placed.rect.height]
    .concat(placed.area.width, placed.area.height)
    .map(Math.round)
    .join();

const isAs = (win: Win, expected: Partial<Win>): boolean =>
  (expected.desktop === undefined || win.desktop === expected.desktop) &&
  (expected.shape === undefined || win.shape === expected.shape) &&
  (expected.cascade === undefined || win.cascade === expected.cascade) &&
  (expected.placed === undefined || rounded(win.placed) === rounded(expected.placed));

function isDesktopAs(desktop: Desktop, { name, position, wallpaper }: KeptDesktop): boolean {
  return (
    (name === undefined || desktop.name === name) &&
    (position === undefined || desktop.position === position) &&
    (wallpaper === undefined || (layoutOf(desktop.id).wallpaper ?? null) === wallpaper)
  );
}

const filtered = (
  part: Arrangement['windows'] = {},
  by: (id: string, expected: object | null) => boolean,
) => Object.fromEntries(Object.entries(part).filter(([id, expected]) => by(id, expected)));

const hasLook = (expected: PreferenceChange): boolean => {
  const now = usePreferences.getState();
  return Object.entries(expected).every(
    ([name, value]) => (now[name as keyof typeof now] ?? null) === value,
  );
};

function present({ windows, desktops: expected, look }: Arrangement): Arrangement {
  const { open } = useWindows.getState();
  const { all } = useDesktops.getState();
  return {
    ...(look && hasLook(look) && { look }),
    windows: filtered(windows, (id, one) => {
      const win = open.find((other) => other.id === id);
      return one === null ? win === undefined : win !== undefined && isAs(win, one);
    }),
    desktops: filtered(expected, (id, one) => {
      const desktop = all.find((other) => other.id === id);
      return one === null ? !desktop : desktop !== undefined && isDesktopAs(desktop, one);
    }),
  };
}

/** Changes the desktops that there are, and makes the others again; answers their new ids. */
async function makeDesktops(wanted: Arrangement['desktops'] = {}): Promise<Map<string, string>> {
  const session = desktops();
  const made = new Map<string, string>();
  const changes = new Map<string, Partial<Omit<Desktop, 'id'>>>();
  for (const [id, one] of Object.entries(wanted)) {
    if (!one) continue;
    const { name, position, wallpaper, layout } = one as KeptDesktop;
    if (useDesktops.getState().all.some((other) => other.id === id)) {
      const change = {
        ...(name !== undefined && { name }),
        ...(position !== undefined && { position }),
      };
      if (Object.keys(change).length > 0) changes.set(id, change);
      if (wallpaper !== undefined)
        session?.documentOf(id)?.change((value) => applyPatch(value, { wallpaper }));
    } else {
      const fresh = newDesktopId();
      made.set(id, fresh);
      session?.add({ id: fresh, name: name ?? 'Desktop', position }, layout, false);
    }
  }
  if (changes.size > 0) await session?.change(changes);
  return made;
}

/**
 * Shows `preferred`, or else the first desktop of those that changed. The desktop that is shown stays
 * when it is one of them, and when none changed; but not when it is about to be removed.
 */
function showOneOf(changed: readonly string[], preferred: string | undefined, goes: boolean): void {
  const { desktop } = useWindows.getState();
  const next = preferred ?? changed[0];
  const stays = !goes && (changed.length === 0 || changed.includes(desktop));
  if (next !== undefined && !stays) showDesktopOf(next);
}

async function arrange(wanted: Arrangement): Promise<ReadonlyMap<string, string>> {
  if (wanted.look) setPreferences(wanted.look);
  const made = await makeDesktops(wanted.desktops);
  const before = new Set(useWindows.getState().open.map(({ id }) => id));
  const { desktop: shown } = useWindows.getState();
  const exists = (id: string) => useDesktops.getState().all.some((one) => one.id === id);
  const onExisting = (win: Partial<Win>): Partial<Win> => {
    if (win.desktop === undefined) return win;
    const desktop = made.get(win.desktop) ?? win.desktop;
    return { ...win, desktop: exists(desktop) ? desktop : shown };
  };
  // Back closes what the person opened, and leaves alone what an arrangement opens.
  const opened = (id: string) => (before.has(id) ? {} : { restored: true });
  const windows = Object.fromEntries(
    Object.entries(wanted.windows ?? {}).map(([id, win]) => [
      id,
      win && { ...onExisting(win), ...opened(id) },
    ]),
  );
  const fresh = Object.keys(windows).filter((id) => windows[id] && !before.has(id));
  useWindows.setState(({ unseen }) => ({ unseen: [...unseen, ...fresh] }));
  dispatch({ type: 'arrange', windows });
  const { open } = useWindows.getState();
  const touched = open.filter((win) => windows[win.id]);
  const preferred = wanted.shown && (made.get(wanted.shown) ?? wanted.shown);
  showOneOf(
    [...made.values(), ...touched.map((win) => win.desktop)],
    preferred && exists(preferred) ? preferred : undefined,
    wanted.desktops?.[shown] === null,
  );
  const front = touched.findLast(({ id, minimized }) => !before.has(id) && !minimized);
  if (front && front.desktop === useWindows.getState().desktop) focusWindow(front.id);
  for (const [id, one] of Object.entries(wanted.desktops ?? {}))
    if (one === null) await desktops()?.remove(id);
  return made;
}

export const layoutPort: LayoutPort = { present, arrange };

const renamed = (part: Arrangement['desktops'] = {}, ids: ReadonlyMap<string, string>) =>
  Object.fromEntries(Object.entries(part).map(([id, one]) => [ids.get(id) ?? id, one]));

export type Imported = {
  /** Whether the old desktops could be removed. */
  complete: boolean;
  /** To undo it. */
  change: Change;
};

export async function importArrangement(
  title: string,
  from: Arrangement,
  to: Arrangement,
): Promise<Imported> {
  const { desktop: shown } = useWindows.getState();
  const entries = Object.entries(to.desktops ?? {});
  const part = (isGone: boolean) =>
    Object.fromEntries(entries.filter(([, one]) => (one === null) === isGone));
  const made = await arrange({ ...to, desktops: part(false) });
  const windows = Object.fromEntries(
    Object.entries(to.windows ?? {}).map(([id, win]) => {
      const on = win && 'desktop' in win ? made.get(String(win.desktop)) : undefined;
      return [id, on ? { ...win, desktop: on } : win];
    }),
  );
  const change = noteLayout({
    verb: 'import',
    title,
    from: { ...from, desktops: renamed(from.desktops, made), shown },
    to: { ...to, windows, desktops: renamed(to.desktops, made) },
  });
  return arrange({ desktops: part(true) }).then(
    () => ({ complete: true, change }),
    () => ({ complete: false, change }),
  );
}

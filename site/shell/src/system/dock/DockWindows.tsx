/** The open windows in the dock, in as many buttons as there is room for. Fetched with the third window. */
import { Ellipsis, Files } from 'lucide-react';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { menuEntry } from '@/shared/actions/registry';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { Face } from '@/shared/ui/Face';
import {
  closeMenu,
  type MenuEntry,
  openMenu,
  preloadMenu,
  updateMenu,
  useMenu,
} from '@/shared/ui/menu';
import type { SystemApp } from '@/system/apps';
import { closeGroup } from '@/system/windows/groups';
import { activeOf } from '@/system/windows/model';
import { focusWindow, useWindows, windowElement } from '@/system/windows/store';
import { BUTTON, DockLine, Tip, WindowButton } from './buttons';
import { type DockEntry, dockEntries } from './entries';

/** Px of a button with a title, at most, and of one without, each with the gap beside it. */
const LABELLED = 100;
const CROWDED = 48;

/** Open windows up to which each has its title below it. */
const UNCROWDED = 6;

type Props = { ids: readonly string[]; apps: readonly SystemApp[] };

export default function DockWindows({ ids, apps }: Props) {
  const groups = useWindows((state) => state.groups);
  const active = useWindows(activeOf);
  const line = useRef<HTMLLIElement>(null);
  const room = useRoom(line);
  const labelled = ids.length <= UNCROWDED && ids.length * LABELLED <= room;
  const windows = ids.map((id) => ({ id, group: groups[id] ?? null }));
  const entries = labelled
    ? ids.map((id): DockEntry => ({ label: null, ids: [id] }))
    : dockEntries(windows, Math.floor(room / CROWDED));
  return (
    <>
      <DockLine ref={line} />
      {entries.map((entry) => {
        const [id] = entry.ids;
        return entry.label === null && id !== undefined ? (
          <li key={id}>
            <WindowButton id={id} apps={apps} current={active === id} crowded={!labelled} />
          </li>
        ) : (
          <li key={`group:${entry.label}`}>
            <GroupButton {...entry} />
          </li>
        );
      })}
    </>
  );
}

/** The px that are left in the dock after what stands before `line`. */
function useRoom(line: RefObject<HTMLLIElement | null>): number {
  const [room, setRoom] = useState(0);
  useLayoutEffect(() => {
    const list = line.current?.parentElement;
    const box = list?.parentElement;
    const dock = box?.parentElement;
    if (!line.current || !list || !box || !dock) return;
    const before = [...list.children].slice(0, [...list.children].indexOf(line.current) + 1);
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(dock);
      const outside =
        Number.parseFloat(paddingLeft) +
        Number.parseFloat(paddingRight) +
        (box.offsetWidth - list.offsetWidth);
      const { left } = list.getBoundingClientRect();
      const end = before.at(-1)?.getBoundingClientRect().right ?? left;
      // The margin of the line, the gap after it, and the padding of the list.
      const used = end - left + list.scrollLeft + 10;
      setRoom(Math.floor(dock.clientWidth - outside - used));
    };
    const observer = new ResizeObserver(measure);
    for (const element of [dock, ...before]) observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [line]);
  return room;
}

/** Several windows behind one button: a list of them opens. */
function GroupButton({ label, ids }: DockEntry) {
  const button = useRef<HTMLButtonElement>(null);
  const name = label ?? '';
  const active = useWindows(activeOf);
  const current = active !== null && ids.includes(active);
  const faces = useWindows(useShallow((state) => ids.map((id) => state.faces[id])));
  const states = useWindows(
    useShallow(({ open, suspended }) =>
      ids.map((id) => {
        if (open.find((win) => win.id === id)?.minimized) return 'Minimized';
        return suspended.includes(id) ? 'Not running' : null;
      }),
    ),
  );
  const titleOf = (at: number) => faces[at]?.title ?? 'Window';
  const entries: MenuEntry[] = [
    ...ids.map((id, at): MenuEntry => {
      const detail = states[at];
      const face = faces[at];
      return {
        kind: 'choice',
        label: titleOf(at),
        face: { name: titleOf(at), picture: face?.picture ?? null, color: face?.color },
        ...(detail && { detail }),
        chosen: id === active,
        run: () => show(id),
      };
    }),
    { kind: 'line' },
    menuEntry('window.close-group', {
      label: `Close these ${ids.length} windows`,
      run: () => closeGroup(ids),
    }),
  ];
  const isOpen = useMenu(({ menu }) => menu !== null && menu.anchor === button.current);
  const latest = useRef(entries);
  latest.current = entries;
  // Titles change, and windows open and close, while the list is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the entries are made of
  useEffect(() => {
    if (isOpen && button.current) updateMenu(button.current, latest.current);
  }, [isOpen, faces, states, active, ids.join()]);
  // The group is gone when there is room for all of its windows, or when they were closed elsewhere.
  useEffect(() => {
    const own = button.current;
    return () => {
      if (own && useMenu.getState().menu?.anchor === own) closeMenu();
    };
  }, []);
  const pictured = faces.find((face) => face?.picture);
  const count = `${ids.length} open windows`;
  const front = current ? `, ${titleOf(ids.indexOf(active))} in front` : '';
  const Icon = label === 'More' ? Ellipsis : Files;
  return (
    <button
      ref={button}
      type="button"
      className={BUTTON}
      aria-current={current}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      {...preloadOnIntent(preloadMenu)}
      onClick={(event) => openMenu(`${name}, ${count}`, event.currentTarget, entries)}
    >
      <span className="sr-only">{`${name}, ${count}${front}`}</span>
      <span
        aria-hidden="true"
        className="grid size-7 -translate-x-1 translate-y-1 place-items-center"
      >
        {pictured && label !== 'More' ? (
          <Face name={name} picture={pictured.picture} color={pictured.color} size="28px" />
        ) : (
          <Icon size={20} strokeWidth={1.75} />
        )}
      </span>
      <span
        aria-hidden="true"
        className="absolute top-0 right-0 min-w-4 rounded-full bg-text px-1 text-center text-[11px] leading-4 font-semibold text-surface tabular-nums forced-colors:border"
      >
        {ids.length}
      </span>
      <Tip text={`${name} · ${count}`} />
    </button>
  );
}

/** The list gives the focus to the window, and not back to the dock. */
function show(id: string): void {
  const { menu } = useMenu.getState();
  if (menu) useMenu.setState({ menu: { ...menu, returnTo: windowElement(id) } });
  focusWindow(id);
}

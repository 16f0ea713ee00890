/** The dock: system apps, open windows, and the state of the connection. */
import { Home, LayoutGrid, type LucideIcon } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { menuEntry } from '@/shared/actions/registry';
import { useCompact } from '@/shared/lib/hooks';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { Face } from '@/shared/ui/Face';
import { openMenu, preloadMenu } from '@/shared/ui/menu';
import { appOf, appWindowId, openApp, type SystemApp } from './apps';
import { ConnectionStatus } from './ConnectionStatus';
import { showDesktop } from './windows/keyboard';
import { activeOf } from './windows/model';
import {
  closeWindow,
  focusWindow,
  minimizeWindow,
  useWindows,
  type WindowFace,
} from './windows/store';

const BUTTON =
  'group relative flex h-11 min-w-11 max-w-24 flex-none flex-col items-center justify-center gap-px rounded-[8px] px-1.5 text-muted hover:bg-hover hover:text-text aria-[current=true]:bg-active aria-[current=true]:text-text max-[359px]:min-w-9 max-[359px]:px-1';

export function Dock({ apps }: { apps: readonly SystemApp[] }) {
  // Not what is open itself, which is another with each step of a window that is dragged.
  const ids = useWindows(useShallow(({ open }) => open.map(({ id }) => id)));
  const faces = useWindows((state) => state.faces);
  // Also those that the desktop restored and that were not seen yet.
  const suspended = useWindows(useShallow(({ suspended, unseen }) => [...suspended, ...unseen]));
  const active = useWindows(activeOf);
  const others = ids.filter((id) => !appOf(id, apps));
  const compact = useCompact();
  const shownApps = compact ? apps.filter(({ id }) => ids.includes(appWindowId(id))) : apps;
  return (
    <nav
      aria-label="Dock"
      data-region="dock"
      tabIndex={-1}
      className="absolute inset-x-0 bottom-0 z-20 flex justify-center outline-none sm:bottom-4 sm:px-4"
    >
      <div className="flex h-16 w-full items-center gap-1 border-t max-[359px]:gap-0 border-line bg-raised px-2 pb-[env(safe-area-inset-bottom)] sm:h-[52px] sm:w-auto sm:max-w-full sm:rounded-card sm:border-0 sm:px-1 sm:pb-0 sm:shadow-card">
        <ul className="flex min-w-0 flex-1 items-center justify-start gap-1 overflow-x-auto max-[359px]:gap-0 p-0.5 [scrollbar-width:none]">
          <li>
            <DockButton
              label="Desktop"
              icon={Home}
              current={active === null}
              running={false}
              onClick={showDesktop}
            />
          </li>
          {compact && (
            <li>
              <AppsButton apps={apps} />
            </li>
          )}
          {shownApps.map((app) => {
            const id = appWindowId(app.id);
            return (
              <li key={app.id}>
                <DockButton
                  label={app.title}
                  icon={app.icon}
                  current={active === id}
                  running={ids.includes(id)}
                  preload={app.preload}
                  onClick={() => (active === id ? minimizeWindow(id) : openApp(app))}
                />
              </li>
            );
          })}
          {others.length > 0 && (
            <li aria-hidden="true" className="mx-1 h-6 w-px flex-none bg-line" />
          )}
          {others.map((id) => (
            <li key={id}>
              <WindowButton
                id={id}
                face={faces[id] ?? { title: 'Window', picture: null }}
                current={active === id}
                suspended={suspended.includes(id)}
                crowded={others.length > UNCROWDED}
              />
            </li>
          ))}
        </ul>
        <ConnectionStatus />
      </div>
    </nav>
  );
}

/** Open windows up to which each has its title below it. */
const UNCROWDED = 6;

/** All system apps behind one button, for a phone. */
function AppsButton({ apps }: { apps: readonly SystemApp[] }) {
  return (
    <button
      type="button"
      className={BUTTON}
      aria-label="Apps"
      aria-haspopup="menu"
      {...preloadOnIntent(preloadMenu)}
      onClick={(event) =>
        openMenu(
          'Apps',
          event.currentTarget,
          apps.map((app) => ({
            kind: 'action',
            label: app.title,
            icon: app.icon,
            run: () => openApp(app),
          })),
        )
      }
    >
      <LayoutGrid size={20} strokeWidth={1.75} aria-hidden="true" />
      <Label text="Apps" />
    </button>
  );
}

type WindowButtonProps = {
  id: string;
  face: WindowFace;
  current: boolean;
  suspended: boolean;
  crowded: boolean;
};

/** The button of a window that shows an item. */
function WindowButton({ id, face, current, suspended, crowded }: WindowButtonProps) {
  const button = useScrollTo(current);
  return (
    <button
      ref={button}
      type="button"
      className={BUTTON}
      aria-current={current}
      onClick={() => (current ? minimizeWindow(id) : focusWindow(id))}
      onContextMenu={(event) => {
        event.preventDefault();
        openMenu(face.title, event.currentTarget, [
          menuEntry('window.close', { label: 'Close', run: () => closeWindow(id) }),
        ]);
      }}
    >
      <span className="sr-only">{`${face.title}, open window${suspended ? ', not running' : ''}`}</span>
      <span aria-hidden="true" className={suspended ? 'opacity-50 grayscale' : ''}>
        <Face
          name={face.title}
          picture={face.picture}
          color={face.color}
          size={crowded ? '28px' : '22px'}
        />
      </span>
      {!crowded && <Label text={face.title} />}
      <Dot hollow={suspended} />
      <Tip text={suspended ? `${face.title}, not running` : face.title} />
    </button>
  );
}

type DockButtonProps = {
  label: string;
  icon: LucideIcon;
  current: boolean;
  running: boolean;
  preload?: () => void;
  onClick: () => void;
};

function DockButton({ label, icon: Icon, current, running, preload, onClick }: DockButtonProps) {
  const button = useScrollTo(current);
  return (
    <button
      ref={button}
      type="button"
      className={BUTTON}
      aria-label={label}
      aria-current={current}
      {...(preload && preloadOnIntent(preload))}
      onClick={onClick}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      <Label text={label} />
      {running && <Dot />}
      <Tip text={label} unlabelled />
    </button>
  );
}

/**
 * Scrolls the dock to the button of the active window, which may be out of sight on a phone. Not with
 * `scrollIntoView`, after which the next Tab would continue from that button.
 */
function useScrollTo(current: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const list = button.current?.closest('ul');
    if (!current || !button.current || !list) return;
    const shown = list.getBoundingClientRect();
    const target = button.current.getBoundingClientRect();
    const before = target.left - shown.left;
    const after = target.right - shown.right;
    if (before < 0) list.scrollLeft += before;
    else if (after > 0) list.scrollLeft += after;
  }, [current]);
  return button;
}

/** `hollow`: the window is open, but the page in it is unloaded until it is seen again. */
const Dot = ({ hollow = false }: { hollow?: boolean }) => (
  <span
    aria-hidden="true"
    className={`absolute top-1 left-[calc(50%+12px)] rounded-full ${hollow ? 'size-1.5 border border-current' : 'size-1 bg-accent'}`}
  />
);

/** The label for eyes, where there is room for it; ears have it as the button's name. */
const Label = ({ text }: { text: string }) => (
  <span
    aria-hidden="true"
    dir="auto"
    className="max-w-full truncate text-xs font-medium max-md:sm:hidden"
  >
    {text}
  </span>
);

/** The whole label, on hover and focus. `unlabelled`: only where there is no room for a label. */
function Tip({ text, unlabelled = false }: { text: string; unlabelled?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={`${unlabelled ? 'md:hidden' : ''} pointer-events-none fixed bottom-[76px] max-w-60 truncate rounded-control bg-text px-2 py-1 forced-colors:border text-xs text-surface opacity-0 transition-opacity delay-0 duration-100 group-hover:opacity-100 group-hover:delay-300 group-focus-visible:opacity-100 max-sm:hidden`}
    >
      {text}
    </span>
  );
}

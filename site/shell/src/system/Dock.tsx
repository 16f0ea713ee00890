/** The dock: system apps, open windows, and the state of the connection. */
import { Home, LayoutGrid } from 'lucide-react';
import { Suspense, useEffect } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCompact } from '@/shared/lib/hooks';
import { lazyWithPreload, preloadOnIntent, whenIdle } from '@/shared/lib/lazy';
import { Boundary } from '@/shared/ui/Boundary';
import { openMenu, preloadMenu } from '@/shared/ui/menu';
import { appOf, appWindowId, openApp, type SystemApp } from './apps';
import { ConnectionStatus } from './ConnectionStatus';
import { BUTTON, DockButton, DockLine, Label, WindowButton } from './dock/buttons';
import { showDesktop } from './windows/keyboard';
import { activeOf } from './windows/model';
import { minimizeWindow, useWindows } from './windows/store';

const DockWindows = lazyWithPreload(() => import('./dock/DockWindows'));

/** Open windows for which any dock has room, and that of any phone. */
const FEW = 2;
const FEW_COMPACT = 1;

export function Dock({ apps }: { apps: readonly SystemApp[] }) {
  // Not what is open itself, which is another with each step of a window that is dragged.
  const ids = useWindows(useShallow(({ open }) => open.map(({ id }) => id)));
  const active = useWindows(activeOf);
  const compact = useCompact();
  // A phone has all apps behind one button, so that their windows are like any others.
  const shownApps = compact ? [] : apps;
  const windows = compact ? ids : ids.filter((id) => !appOf(id, apps));
  useEffect(() => whenIdle(DockWindows.preload), []);
  const few = windows.map((id) => (
    <li key={id}>
      <WindowButton id={id} apps={apps} current={active === id} />
    </li>
  ));
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
          {windows.length > (compact ? FEW_COMPACT : FEW) ? (
            <Boundary instead={() => few}>
              <Suspense fallback={few}>
                <DockWindows.component ids={windows} apps={apps} />
              </Suspense>
            </Boundary>
          ) : (
            windows.length > 0 && (
              <>
                <DockLine />
                {few}
              </>
            )
          )}
        </ul>
        <ConnectionStatus />
      </div>
    </nav>
  );
}

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

/** The dock: system apps, open windows, and the state of the connection. */
import { Home } from 'lucide-react';
import { useEffect } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { lazyWithPreload, whenIdle } from '@/shared/lib/lazy';
import { Optional } from '@/shared/ui/Boundary';
import { appOf, appWindowId, openApp, type SystemApp } from './apps';
import { ConnectionStatus } from './ConnectionStatus';
import { DockButton, DockLine, WindowButton } from './dock/buttons';
import { showDesktop } from './windows/keyboard';
import { activeOf } from './windows/model';
import { minimizeWindow, useWindows } from './windows/store';

const DockWindows = lazyWithPreload(() => import('./dock/DockWindows'));

/** Open windows for which any dock has room. */
const FEW = 2;

export function Dock({ apps }: { apps: readonly SystemApp[] }) {
  // Not what is open itself, which is another with each step of a window that is dragged.
  const ids = useWindows(useShallow(({ open }) => open.map(({ id }) => id)));
  const active = useWindows(activeOf);
  const windows = ids.filter((id) => !appOf(id, apps));
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
      className="absolute inset-x-0 bottom-4 z-20 flex justify-center px-4 outline-none"
    >
      <div className="flex h-[52px] max-w-full items-center gap-1 rounded-card bg-raised px-1 shadow-card">
        <ul className="flex min-w-0 flex-1 items-center justify-start gap-1 overflow-x-auto p-0.5 [scrollbar-width:none]">
          <li>
            <DockButton
              label="Desktop"
              icon={Home}
              current={active === null}
              running={false}
              onClick={showDesktop}
            />
          </li>
          {apps.map((app) => {
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
          {windows.length > FEW ? (
            <Optional instead={() => few} fallback={few}>
              <DockWindows.component ids={windows} apps={apps} />
            </Optional>
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

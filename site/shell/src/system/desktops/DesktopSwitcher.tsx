/** The button that names the desktop that is shown, with a menu of all, and the one of the overview. */
import { Layers, LayoutGrid } from 'lucide-react';
import { menuEntry } from '@/shared/actions/registry';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { type MenuEntry, openMenu, preloadMenu } from '@/shared/ui/menu';
import { Overview, openOverview } from '@/system/overview/store';
import { useWindows } from '@/system/windows/store';
import { showDesktopOf } from './commands';
import { useDesktops, useShownDesktop } from './store';

const windows = (count: number) =>
  count === 0 ? 'no windows' : count === 1 ? '1 window' : `${count} windows`;

function entries(): MenuEntry[] {
  const { all } = useDesktops.getState();
  const { open, desktop } = useWindows.getState();
  return [
    { kind: 'heading', label: 'Desktops' },
    ...all.map(
      ({ id, name }): MenuEntry => ({
        kind: 'choice',
        label: name,
        detail: windows(open.filter((win) => win.desktop === id).length),
        chosen: id === desktop,
        run: () => showDesktopOf(id),
      }),
    ),
    { kind: 'line' },
    menuEntry('desktop.new'),
    menuEntry('desktop.rename'),
    menuEntry('desktop.remove'),
  ];
}

export function DesktopSwitcher() {
  const shown = useShownDesktop();
  const count = useDesktops(({ all }) => all.length);
  if (!shown) return null;
  return (
    <>
      <button
        type="button"
        className="button button-quiet min-w-0 text-muted hover:text-text max-sm:hidden"
        aria-haspopup="menu"
        aria-label={`Desktops, ${shown.name} is shown`}
        {...preloadOnIntent(preloadMenu)}
        onClick={(event) => openMenu('Desktops', event.currentTarget, entries())}
      >
        <Layers size={16} aria-hidden="true" className="flex-none" />
        {count > 1 && <span className="max-w-32 truncate">{shown.name}</span>}
      </button>
      <button
        type="button"
        className="button button-quiet button-icon text-muted hover:text-text"
        aria-label="Overview of all windows"
        {...preloadOnIntent(Overview.preload)}
        onClick={openOverview}
      >
        <LayoutGrid size={16} aria-hidden="true" />
      </button>
    </>
  );
}

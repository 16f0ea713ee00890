/** The button that names the desktop that is shown, with a menu of all, and the one of the overview. */
import { Layers, LayoutGrid } from 'lucide-react';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { openMenu, preloadMenu } from '@/shared/ui/menu';
import { toastProblem } from '@/shared/ui/toasts';
import { Overview, openOverview } from '@/system/overview/store';
import { useDesktops, useShownDesktop } from './store';

async function openDesktopMenu(anchor: HTMLElement): Promise<void> {
  try {
    const { desktopEntries } = await import('./menu');
    openMenu('Desktops', anchor, desktopEntries());
  } catch (error) {
    toastProblem(error);
  }
}

export function DesktopSwitcher() {
  const shown = useShownDesktop();
  const count = useDesktops(({ all }) => all.length);
  if (!shown) return null;
  return (
    <>
      <button
        type="button"
        className="button button-quiet min-w-0 text-muted hover:text-text"
        aria-haspopup="menu"
        aria-label={`Desktops, ${shown.name} is shown`}
        {...preloadOnIntent(preloadMenu)}
        onClick={({ currentTarget }) => void openDesktopMenu(currentTarget)}
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

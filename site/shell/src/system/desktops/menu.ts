/** The menu of all desktops. */
import { menuEntry } from '@/shared/actions/registry';
import type { MenuEntry } from '@/shared/ui/menu';
import { useWindows } from '@/system/windows/store';
import { showDesktopOf } from './commands';
import { useDesktops } from './store';

const windows = (count: number) =>
  count === 0 ? 'no windows' : count === 1 ? '1 window' : `${count} windows`;

export function desktopEntries(): MenuEntry[] {
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
    { kind: 'line' },
    menuEntry('desktop.export'),
    menuEntry('desktop.import'),
  ];
}

/** What can be done with desktops by command: menus, shortcuts and the palette read these. */
import { ArrowLeftRight, Download, Layers, PencilLine, Plus, Trash2, Upload } from 'lucide-react';
import type { Action } from '@/shared/actions/action';
import { openDialog } from '@/system/dialogs';
import { activeOf } from '@/system/windows/model';
import { useWindows } from '@/system/windows/store';
import {
  addDesktop,
  canAdd,
  checkName,
  removeDesktop,
  renameDesktop,
  sendWindow,
  sendWindowBy,
  shiftDesktop,
  showDesktopOf,
  stepDesktop,
} from './commands';
import { useDesktops } from './store';

const hasSeveral = () => useDesktops.getState().all.length > 1;
const shown = () => useWindows.getState().desktop;
const active = () => activeOf(useWindows.getState());
const canSend = () => hasSeveral() && active() !== null;

const others = () => useDesktops.getState().all.filter(({ id }) => id !== shown());

/** Without a choice, they act on the desktop that is shown and the window in front. */
export const DESKTOP_ACTIONS: readonly Action[] = [
  {
    id: 'desktop.next',
    title: 'Next desktop',
    group: 'Desktops',
    keywords: ['workspace', 'virtual', 'switch'],
    keys: ['Control+Shift+ArrowDown'],
    repeats: true,
    when: hasSeveral,
    run: () => stepDesktop(1),
  },
  {
    id: 'desktop.previous',
    title: 'Previous desktop',
    group: 'Desktops',
    keywords: ['workspace', 'virtual', 'switch'],
    keys: ['Control+Shift+ArrowUp'],
    repeats: true,
    when: hasSeveral,
    run: () => stepDesktop(-1),
  },
  {
    id: 'desktop.go',
    title: 'Go to a desktop',
    group: 'Desktops',
    keywords: ['workspace', 'virtual', 'switch'],
    icon: Layers,
    when: hasSeveral,
    choose: {
      prompt: 'A desktop',
      inline: true,
      choices: () =>
        others().map(({ id, name }) => ({
          id,
          title: name,
          detail: 'Desktop',
          run: () => showDesktopOf(id),
        })),
    },
  },
  {
    id: 'desktop.new',
    title: 'New desktop',
    group: 'Desktops',
    keywords: ['add', 'workspace', 'virtual'],
    icon: Plus,
    when: canAdd,
    run: () => addDesktop(),
  },
  {
    id: 'desktop.rename',
    title: 'Rename the desktop',
    group: 'Desktops',
    keywords: ['workspace', 'name'],
    icon: PencilLine,
    ask: {
      prompt: 'A name for the desktop',
      check: checkName,
      run: (name) => renameDesktop(shown(), name),
    },
  },
  {
    id: 'desktop.remove',
    title: 'Remove the desktop',
    group: 'Desktops',
    keywords: ['delete', 'workspace'],
    icon: Trash2,
    when: hasSeveral,
    run: () => removeDesktop(shown()),
  },
  {
    id: 'desktop.shift-back',
    title: 'Move the desktop to the front',
    group: 'Desktops',
    keywords: ['order', 'left'],
    when: hasSeveral,
    run: () => shiftDesktop(shown(), -1),
  },
  {
    id: 'desktop.shift-on',
    title: 'Move the desktop to the back',
    group: 'Desktops',
    keywords: ['order', 'right'],
    when: hasSeveral,
    run: () => shiftDesktop(shown(), 1),
  },
  {
    id: 'desktop.export',
    title: 'Export this desktop',
    group: 'Desktops',
    keywords: ['save', 'backup', 'snapshot', 'screenshot', 'picture', 'png', 'json', 'share'],
    icon: Download,
    run: () => openDialog('export-desktop'),
  },
  {
    id: 'desktop.import',
    title: 'Import a desktop',
    group: 'Desktops',
    keywords: ['load', 'restore', 'snapshot', 'json', 'file'],
    icon: Upload,
    run: () => openDialog('import-desktop'),
  },
  {
    id: 'window.send',
    title: 'Move the window to a desktop',
    group: 'Desktops',
    keywords: ['send', 'workspace'],
    icon: ArrowLeftRight,
    when: canSend,
    choose: {
      prompt: 'A desktop',
      choices: () =>
        others().map(({ id, name }) => ({
          id,
          title: name,
          run: () => {
            const window = active();
            if (window) sendWindow(window, id, true);
          },
        })),
    },
  },
  {
    id: 'window.send-next',
    title: 'Move the window to the next desktop',
    group: 'Desktops',
    keywords: ['send', 'workspace'],
    keys: ['Control+Alt+Shift+ArrowDown'],
    when: canSend,
    run: () => {
      const window = active();
      if (window) sendWindowBy(window, 1);
    },
  },
  {
    id: 'window.send-previous',
    title: 'Move the window to the previous desktop',
    group: 'Desktops',
    keywords: ['send', 'workspace'],
    keys: ['Control+Alt+Shift+ArrowUp'],
    when: canSend,
    run: () => {
      const window = active();
      if (window) sendWindowBy(window, -1);
    },
  },
];

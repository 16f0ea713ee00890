/** The menu of an item, which has all that dragging and the shortcuts can do, and more. */

import type { Item, ItemSize } from '@prox/api-client';
import {
  AppWindow,
  ArrowDown,
  ArrowUp,
  ExternalLink,
  Folder,
  FolderInput,
  FolderOpen,
  Link2,
  Move,
  NotebookPen,
  Palette,
  Pencil,
  Scaling,
  Trash2,
} from 'lucide-react';
import { actionById, hintOf, isPossible, menuEntry, runChoice } from '@/shared/actions/registry';
import { ITEM_SIZES, SIZE_LABELS, SPANS } from '@/shared/data/item-look';
import { endOf, type FullPlace, step } from '@/shared/data/order';
import { isCompact } from '@/shared/lib/hooks';
import { announce } from '@/shared/ui/announce';
import type { MenuEntry } from '@/shared/ui/menu';
import { toast } from '@/shared/ui/toasts';
import { openDialog } from '@/system/dialogs';
import { editItem, openItem, openOutside } from './actions';
import { arrange } from './arranging';
import { isFolderOpen, toggleFolder } from './folders';
import { isWritable, writeOn } from './writing';

export type Moves = {
  items: () => readonly Item[];
  moveTo: (item: Item, place: FullPlace) => void;
  resize: (item: Item, size: ItemSize) => void;
  remove: (item: Item) => void;
};

/** Opens the choice of the icon of an item. */
export const changeIcon = (item: Item): void =>
  openDialog('item-icon', { space: item.space_id, item: item.id });

/** The entry that decides who sees the item; none for those who may not. */
function shareEntry(item: Item): MenuEntry[] {
  const action = actionById('item.share');
  if (!action || !isPossible(action)) return [];
  const run = () => runChoice('item.share', item.id);
  return [menuEntry('item.share', { label: 'Share…', run })];
}

const hint = (id: string) => {
  const keys = hintOf(id);
  return keys ? { hint: keys } : {};
};

async function copyAddress(url: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(url);
    announce('Address copied');
    toast('success', 'Address copied.');
  } catch {
    toast('error', 'The browser did not allow copying.');
  }
}

function places(item: Item, { items, moveTo }: Moves): MenuEntry[] {
  const folders = items().filter(({ kind, id }) => kind === 'folder' && id !== item.folder_id);
  const to = (folder: string | null) => () => moveTo(item, endOf(items(), folder, item.id));
  return [
    ...(item.folder_id
      ? [{ kind: 'action', label: 'Top of the page', run: to(null) } as const]
      : []),
    ...folders.map(
      (folder) =>
        ({ kind: 'action', label: folder.title, icon: Folder, run: to(folder.id) }) as const,
    ),
  ];
}

const sizes = (item: Item, resize: Moves['resize']): MenuEntry[] =>
  ITEM_SIZES.map((size) => ({
    kind: 'choice',
    label: SIZE_LABELS[size],
    detail: `${SPANS[size].columns} × ${SPANS[size].rows}`,
    chosen: item.size === size,
    run: () => resize(item, size),
  }));

/** `row`: the siblings of the item, itself included, in order. */
export function itemMenu(item: Item, row: readonly Item[], moves: Moves): MenuEntry[] {
  const folder = item.kind === 'folder';
  const by = (distance: -1 | 1) => {
    const place = step(row, item.id, distance);
    return { disabled: place === null, run: () => place && moves.moveTo(item, place) };
  };
  const elsewhere = folder ? [] : places(item, moves);
  const url = item.url;
  return [
    {
      kind: 'action',
      label: folder && isFolderOpen(item.id) ? 'Close' : 'Open',
      icon: folder ? FolderOpen : AppWindow,
      hint: 'Enter',
      run: () => (folder ? toggleFolder(item.id) : openItem(item)),
    },
    ...(url
      ? ([
          {
            kind: 'action',
            label: 'Open in a new tab',
            icon: ExternalLink,
            run: () => openOutside(item),
          },
          { kind: 'action', label: 'Copy address', icon: Link2, run: () => void copyAddress(url) },
        ] as const)
      : []),
    { kind: 'line' },
    {
      kind: 'action',
      label: 'Edit',
      icon: Pencil,
      ...hint('tile.edit'),
      run: () => editItem(item),
    },
    ...(isWritable(item)
      ? ([
          {
            kind: 'action',
            label: 'Write here',
            icon: NotebookPen,
            run: () => writeOn(item.id),
          },
        ] as const)
      : []),
    ...(isCompact() && !item.folder_id
      ? ([{ kind: 'action', label: 'Move', icon: Move, run: () => arrange(item) }] as const)
      : ([
          { kind: 'action', label: 'Move earlier', icon: ArrowUp, hint: 'Alt ←', ...by(-1) },
          { kind: 'action', label: 'Move later', icon: ArrowDown, hint: 'Alt →', ...by(1) },
        ] as const)),
    ...shareEntry(item),
    { kind: 'action', label: 'Change icon…', icon: Palette, run: () => changeIcon(item) },
    {
      kind: 'submenu',
      label: 'Size',
      icon: Scaling,
      entries: sizes(item, moves.resize),
    },
    ...(elsewhere.length > 0
      ? [{ kind: 'submenu', label: 'Move to', icon: FolderInput, entries: elsewhere } as const]
      : []),
    { kind: 'line' },
    {
      kind: 'action',
      label: 'Delete',
      icon: Trash2,
      ...hint('tile.delete'),
      danger: true,
      run: () => moves.remove(item),
    },
  ];
}

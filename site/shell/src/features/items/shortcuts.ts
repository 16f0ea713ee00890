/** The keys of a tile, listed with all other shortcuts. The grid acts on them. */
import type { Action } from '@/shared/actions/action';

export const TILE_ACTIONS: readonly Action[] = [
  {
    id: 'tile.go',
    title: 'Go from item to item',
    group: 'Items',
    fixedKeys: 'Arrow keys',
    local: true,
  },
  { id: 'tile.open', title: 'Open the item', group: 'Items', fixedKeys: 'Enter', local: true },
  {
    id: 'tile.move',
    title: 'Move the item',
    group: 'Items',
    fixedKeys: 'Alt and an arrow key',
    local: true,
  },
  {
    id: 'tile.resize',
    title: 'Resize the item',
    group: 'Items',
    fixedKeys: 'Shift and an arrow key',
    local: true,
  },
  { id: 'tile.edit', title: 'Edit the item', group: 'Items', keys: ['F2'], local: true },
  {
    id: 'tile.delete',
    title: 'Delete the item',
    group: 'Items',
    keys: ['Delete', '$mod+Backspace'],
    local: true,
  },
  {
    id: 'tile.menu',
    title: 'Open the menu of the item',
    group: 'Items',
    keys: ['Shift+F10'],
    local: true,
  },
  {
    id: 'desktop.paste',
    title: 'Add the address in the clipboard',
    group: 'Items',
    fixedKeys: 'Paste',
    local: true,
  },
];

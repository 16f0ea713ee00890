/** The actions that are fetched after the first paint. */
import { TILE_ACTIONS } from '@/features/items/shortcuts';
import type { Action } from '@/shared/actions/action';
import { DESKTOP_ACTIONS } from '@/system/desktops/actions';
import { WINDOW_ACTIONS } from '@/system/windows/actions';

export const MORE_ACTIONS: readonly Action[] = [
  ...TILE_ACTIONS,
  ...WINDOW_ACTIONS,
  ...DESKTOP_ACTIONS,
];

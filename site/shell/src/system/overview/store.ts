/** The overview of all windows: whether it is open, and where it draws each window. */
import { create } from 'zustand';
import { lazyWithPreload } from '@/shared/lib/lazy';
import type { Scaled } from './geometry';

type State = {
  isOpen: boolean;
  /** By the id of the window, in pixels of the layer of windows; a window without a place is hidden. */
  places: Readonly<Record<string, Scaled & { depth: number }>>;
};

const closed: State = { isOpen: false, places: {} };

export const useOverview = create<State>(() => closed);

export const openOverview = () => useOverview.setState({ isOpen: true });
export const closeOverview = () => useOverview.setState(closed);
export const toggleOverview = () =>
  useOverview.getState().isOpen ? closeOverview() : openOverview();

export const Overview = lazyWithPreload(() => import('./Overview'));

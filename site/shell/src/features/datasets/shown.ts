/** What the window shows, kept while it is closed. */
import { create } from 'zustand';
import type { View } from './view';

/** `organization`: the one that the view is of. */
export const useShown = create<{ view: View; organization: string | null }>(() => ({
  view: { part: 'list' },
  organization: null,
}));

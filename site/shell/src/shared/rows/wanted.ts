/** The row of a system app that an address names, as those of search results do. */
import { create } from 'zustand';

export type Wanted = {
  /** The app that lists it. */
  app: string;
  /** Its id; that of an event has the id of its instance in front: `inst_….evt_…`. */
  row: string;
  /** When it was asked for, in milliseconds since 1970. */
  at: number;
};

type State = {
  /** What is not shown yet. */
  wanted: Wanted | null;
  /** The app whose list turned out not to have it. */
  missingIn: string | null;
};

export const useWanted = create<State>(() => ({ wanted: null, missingIn: null }));

/** Asks for a row. The list of the app shows it as soon as it is there. */
export const showRow = (app: string, row: string): void =>
  useWanted.setState({ wanted: { app, row, at: Date.now() }, missingIn: null });

/**
 * What an action of the shell is. Menus, shortcuts, the palette and the overview of shortcuts all
 * read the same registered actions.
 */
import type { LucideIcon } from 'lucide-react';

/** Headings under which actions are listed, in this order. */
export const ACTION_GROUPS = [
  'Items',
  'Windows',
  'Desktops',
  'Go to',
  'Spaces',
  'Look',
  'Account',
  'Help',
] as const;

export type ActionGroup = (typeof ACTION_GROUPS)[number];

/** One choice of a nested step: a space to go to, a window to focus. */
export type ActionChoice = {
  id: string;
  title: string;
  detail?: string;
  icon?: LucideIcon;
  keywords?: readonly string[];
  run: () => void;
};

export type Action = {
  /** Stable, as `window.close`: shortcuts and frequencies are kept by it. */
  id: string;
  title: string;
  group: ActionGroup;
  keywords?: readonly string[];
  icon?: LucideIcon;
  /** Default shortcuts in the syntax of tinykeys, as `$mod+k`; a person can change them. */
  keys?: readonly string[];
  /** Whether the action makes sense now; absent means always. */
  when?: () => boolean;
} & (
  | { run: () => void }
  /** Asks for one of several before it acts. */
  | { choose: { prompt: string; choices: () => readonly ActionChoice[] } }
  /** Asks for a text before it acts. */
  | {
      ask: { prompt: string; check?: (text: string) => string | null; run: (text: string) => void };
    }
);

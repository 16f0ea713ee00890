/**
 * What an action of the shell is. Menus, shortcuts, the palette and the list of shortcuts all read
 * the same registered actions.
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

/** What happens: at once, or after the person chose or typed something. */
export type Step =
  | { run: () => void }
  | {
      choose: {
        /** What is chosen, as a placeholder: `A space`. */
        prompt: string;
        choices: () => readonly ActionChoice[];
        /** Whether the palette finds the choices as well when the person types their names. */
        inline?: boolean;
      };
    }
  | {
      ask: {
        /** What is typed, as a placeholder: `The address of a page`. */
        prompt: string;
        /** Where the palette offers the action for what the person typed, when that is a good text. */
        inline?: 'first' | 'last';
        /** Why a text is refused; null for a good one. */
        check?: (text: string) => string | null;
        run: (text: string) => void;
      };
    };

/** One choice of a step: a space to go to, a window to focus. */
export type ActionChoice = {
  id: string;
  title: string;
  detail?: string;
  icon?: LucideIcon;
  /** The URL of a picture; null for the first letter. Instead of an icon. */
  picture?: string | null;
  /** The colour of a picture, `#rrggbb`. */
  color?: string | null | undefined;
  keywords?: readonly string[];
} & Step;

export type Action = {
  /** Stable, as `window.close`: shortcuts and frequencies are kept by it. */
  id: string;
  title: string;
  group: ActionGroup;
  keywords?: readonly string[];
  icon?: LucideIcon;
  /** Default shortcuts in the syntax of `keys.ts`, as `$mod+k`; a person can change them. */
  keys?: readonly string[];
  /** Words in the place of a shortcut, for keys that cannot be changed: `Arrow keys`. */
  fixedKeys?: string;
  /** Whether its shortcuts also act while a text field has the focus. */
  inFields?: boolean;
  /** Whether holding its shortcut acts again and again. */
  repeats?: boolean;
  /** Whether the palette leaves it out, as it does with itself. */
  unlisted?: boolean;
  /** Whether the action makes sense now; absent means always. */
  when?: () => boolean;
} & (
  | Step
  /**
   * The view that has the focus acts on the keys (see `isPressed`), so only the list of shortcuts
   * shows the action.
   */
  | { local: true }
);

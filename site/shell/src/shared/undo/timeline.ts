/**
 * The changes that this tab made, to undo and to redo them. In memory only. Each belongs to a scope,
 * which must be shown for it to be undone: a space, or for windows and desktops an organization.
 */
import { toast } from '@/shared/ui/toasts';
import type { Change, LayoutChange } from './changes';

/** How many changes are remembered. */
const MOST = 100;
/** Milliseconds in which further moves of a thing, or edits of the same fields, are one change. */
const ONE_CHANGE = 1_000;

export type Entry = { readonly scope: string; readonly change: Change; readonly at: number };

export type Scopes = readonly string[];

export class Timeline {
  past: readonly Entry[] = [];
  future: readonly Entry[] = [];

  constructor(private readonly now: () => number) {}

  /** Remembers a change that was made, and answers it, with the one before when they are one. */
  add(scope: string, change: Change): Change {
    const at = this.now();
    const last = this.past.at(-1);
    const isNext = last?.scope === scope && at - last.at < ONE_CHANGE;
    const merged = isNext ? merge(last.change, change) : null;
    const kept = merged ? this.past.slice(0, -1) : this.past;
    const noted = merged ?? change;
    this.past = [...kept, { scope, change: noted, at }].slice(-MOST);
    this.future = [];
    return noted;
  }

  /** The entry that is undone next. */
  last(scopes: Scopes): Entry | null {
    return this.past.findLast(({ scope }) => scopes.includes(scope)) ?? null;
  }

  /** The entry that is redone next. */
  next(scopes: Scopes): Entry | null {
    return this.future.findLast(({ scope }) => scopes.includes(scope)) ?? null;
  }

  clear(): void {
    this.past = [];
    this.future = [];
  }
}

/** What a change is about; changes of the same subject that follow quickly are one. */
function subjectOf(change: Change): unknown {
  switch (change.kind) {
    case 'move':
      return change.id;
    case 'edit':
    case 'space':
      return [change.id, Object.keys(change.to)];
    case 'layout': {
      const { verb, to } = change;
      // What appears or disappears is a change of its own.
      const lasts = Object.values({ ...to.windows, ...to.desktops }).every((one) => one !== null);
      return lasts && verb !== 'add-desktop' && verb !== 'import'
        ? [verb, Object.keys(to.windows ?? {}), Object.keys(to.desktops ?? {})]
        : null;
    }
    default:
      return null;
  }
}

/** Two changes as one; null when they are two. */
function merge(first: Change, second: Change): Change | null {
  const subject = subjectOf(second);
  return subject !== null &&
    first.kind === second.kind &&
    'from' in first &&
    JSON.stringify(subjectOf(first)) === JSON.stringify(subject)
    ? ({ ...second, from: first.from } as Change)
    : null;
}

export const timeline = new Timeline(Date.now);

/** Remembers a change of a space or of its items. */
export const noteChange = (space: string, change: Change): Change => timeline.add(space, change);

let layoutScope = '';

/** The organization whose windows and desktops are shown from now on. */
export function setLayoutScope(organization: string): void {
  layoutScope = organization;
}

/** Remembers a change of the windows and desktops that are shown. */
export const noteLayout = (change: Omit<LayoutChange, 'kind'>): Change =>
  timeline.add(layoutScope, { kind: 'layout', ...change });

/** The scopes whose changes can be undone while a space is shown. */
export const shownScopes = (space: string | undefined): Scopes =>
  space === undefined ? [layoutScope] : [layoutScope, space];

type Undoer = {
  undo: (certain: Change) => void;
  /** Makes a change of the page that is shown, which can be undone. */
  apply: (change: Change) => void;
};

let undoer: Undoer | null = null;

/** Sets who undoes; the code for that is fetched after the first paint. */
export function setUndoer(next: Undoer | null): void {
  undoer = next;
}

/** Undoes a certain change, for the button of a message. */
export function undoChange(change: Change): void {
  if (undoer) undoer.undo(change);
  else toast('error', 'It cannot be undone now. Check your connection, then reload the page.');
}

/** Makes a change of the page that is shown. */
export function applyChange(change: Change): void {
  if (undoer) undoer.apply(change);
  else toast('error', 'That cannot be done now. Check your connection, then reload the page.');
}

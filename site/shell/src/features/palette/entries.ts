/** What the palette lists, and in which order. */
import {
  AppWindow,
  ArrowRight,
  CircleHelp,
  FileText,
  LayoutGrid,
  type LucideIcon,
  Monitor,
  Palette,
  UserRound,
} from 'lucide-react';
import {
  ACTION_GROUPS,
  type Action,
  type ActionChoice,
  type ActionGroup,
  type Step,
} from '@/shared/actions/action';
import { isPossible, keysOf } from '@/shared/actions/registry';
import { type Uses, weightOf } from '@/shared/actions/uses';
import { createFuzzySearch, type HighlightRanges } from '@/shared/lib/fuzzy';

export type Entry = {
  /** The id of the action; of a choice, after that of its action. */
  id: string;
  title: string;
  detail?: string | undefined;
  icon?: LucideIcon | undefined;
  /** The picture of what is chosen; null for its first letter. */
  picture?: string | null | undefined;
  color?: string | null | undefined;
  keywords: readonly string[];
  /** The first shortcut, as `keys.ts` writes it. */
  keys?: string | undefined;
  group: string;
  step: Step;
};

/** An entry with the parts of its title that match the query. */
export type Result = Entry & { ranges: HighlightRanges };

export type Group = { label: string; items: readonly Result[] };

/** For actions without an icon of their own. */
const ICONS: Record<ActionGroup, LucideIcon> = {
  Items: LayoutGrid,
  Windows: AppWindow,
  Desktops: Monitor,
  'Go to': ArrowRight,
  Spaces: FileText,
  Look: Palette,
  Account: UserRound,
  Help: CircleHelp,
};

const entryOf = (action: Action & Step): Entry => ({
  id: action.id,
  title: action.title,
  icon: action.icon ?? ICONS[action.group],
  keywords: action.keywords ?? [],
  keys: keysOf(action)[0],
  group: action.group,
  step: action,
});

/** The entries of a step that asks for a choice. `owner`: the id of what asks. */
export const choiceEntries = (
  owner: string,
  group: string,
  choices: readonly ActionChoice[],
): Entry[] =>
  choices.map((choice) => ({
    id: `${owner}:${choice.id}`,
    title: choice.title,
    detail: choice.detail,
    icon: choice.icon,
    picture: choice.picture,
    color: choice.color,
    keywords: choice.keywords ?? [],
    group,
    step: choice,
  }));

/** The actions that make sense now. */
export function actionEntries(actions: readonly Action[]): Entry[] {
  const possible = actions.filter(
    (action): action is Action & Step =>
      !('local' in action) && !action.unlisted && isPossible(action),
  );
  return ACTION_GROUPS.flatMap((group) =>
    possible.filter((action) => action.group === group).map(entryOf),
  );
}

/** What is found besides the actions when a person types: choices that an action offers inline. */
export const inlineEntries = (actions: readonly Action[]): Entry[] =>
  actions.flatMap((action) =>
    'choose' in action && action.choose.inline && isPossible(action)
      ? choiceEntries(action.id, action.group, action.choose.choices()).map((entry) => ({
          ...entry,
          // Without a detail, the action says what is chosen.
          detail: entry.detail ?? action.title,
          icon: entry.icon ?? (entry.picture === undefined ? ICONS[action.group] : undefined),
        }))
      : [],
  );

/** Actions that take the whole query as what they ask for: an address that was typed or pasted. */
export const typedEntries = (
  actions: readonly Action[],
  query: string,
  place: 'first' | 'last',
): Entry[] =>
  actions.flatMap((action) => {
    if (!('ask' in action) || action.ask.inline !== place || !isPossible(action)) return [];
    const { check, run } = action.ask;
    const text = query.trim();
    if (text === '' || check?.(text) != null) return [];
    return [
      {
        ...entryOf(action),
        title: `${action.title}: ${text}`,
        keywords: [],
        keys: undefined,
        step: { run: () => run(text) },
      },
    ];
  });

/** How many entries the group of recent ones has. */
const RECENT = 5;
/** How many results a query shows. */
const MOST = 40;

const plain = (entry: Entry): Result => ({ ...entry, ranges: [] });

/** Without a query: the ones that were used lately, then all by group. */
export function listed(entries: readonly Entry[], uses: Uses, now: number): Group[] {
  const recent = entries
    .filter(({ id }) => weightOf(uses[id], now) > 0)
    .toSorted((a, b) => weightOf(uses[b.id], now) - weightOf(uses[a.id], now))
    .slice(0, RECENT);
  const labels = [...new Set(entries.map(({ group }) => group))];
  const rest = entries.filter((entry) => !recent.includes(entry));
  return [
    { label: 'Recent', items: recent.map(plain) },
    ...labels.map((label) => ({
      label,
      items: rest.filter(({ group }) => group === label).map(plain),
    })),
  ].filter(({ items }) => items.length > 0);
}

/** How much worse a match of the keywords is than one of the title, in scores of microfuzz. */
const KEYWORDS = 1;
/** How much better a match gets at most by having been used. */
const USED = 0.6;

/** With a query: the best matches first. Loose matches count only when there are no others. */
export function found(
  entries: readonly Entry[],
  query: string,
  uses: Uses,
  now: number,
): readonly Result[] {
  for (const strategy of ['smart', 'aggressive'] as const) {
    const search = createFuzzySearch([...entries], {
      getText: (entry: Entry) => [entry.title, entry.keywords.join(' ')],
      strategy,
    });
    const results = search(query).map(({ item, score, matches: [title] }) => ({
      result: { ...item, ranges: title ?? [] },
      score:
        score +
        (title ? 0 : KEYWORDS) -
        Math.min(USED, 0.25 * Math.log2(1 + weightOf(uses[item.id], now))),
    }));
    if (results.length > 0) {
      return results
        .toSorted((a, b) => a.score - b.score)
        .slice(0, MOST)
        .map(({ result }) => result);
    }
  }
  return [];
}

/** The search: finds what the person may see, here at once and on the server as it answers. */
import { Autocomplete } from '@base-ui/react/autocomplete';
import type { Item, SearchResult } from '@prox/api-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  AppWindow,
  Boxes,
  ChevronsDown,
  Command,
  Filter,
  Globe,
  LayoutGrid,
  type LucideIcon,
  Radio,
  Search as SearchIcon,
  Settings,
  Table2,
  Users,
} from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import {
  actionById,
  allActions,
  isPossible,
  isPressed,
  runAction,
} from '@/shared/actions/registry';
import { wordsFor } from '@/shared/api/words';
import { queryClient } from '@/shared/data/client';
import { iconUrl } from '@/shared/data/icon';
import { keys } from '@/shared/data/keys';
import { LONGEST_QUERY, resultsOf, searchQuery } from '@/shared/data/search';
import { useDebounced } from '@/shared/lib/hooks';
import { useNetwork } from '@/shared/lib/online';
import { usePlace } from '@/shared/lib/place';
import { Face } from '@/shared/ui/Face';
import {
  TOP_HEADING,
  TOP_INPUT,
  TOP_ROW,
  TopDialog,
  useFieldFocus,
  useLeave,
} from '@/shared/ui/TopDialog';
import { openDialog } from '@/system/dialogs';
import { allFilters, type Completion, completionsOf, type Known } from './filters';
import { valuesOf } from './snippet';

type Props = {
  params: { q?: string };
  onClose: () => void;
  /** Shows what a path in the app names; `apart`: in a tab of its own. */
  onOpen: (path: string, apart: boolean) => void;
};

/** Milliseconds after the last letter until the server is asked. */
const ASK_AFTER = 120;
/** Milliseconds until waiting for it is shown. */
const SHOW_WAITING_AFTER = 300;
/** How many windows, apps and settings are shown for a query. */
const MOST_LOCAL = 4;

/** Something that is found in this tab. */
type Local = {
  id: string;
  title: string;
  detail: string;
  icon: LucideIcon;
  picture?: string | null;
  color?: string | null | undefined;
  words: string;
  run: () => void;
};

type Entry =
  | { type: 'filter'; id: string; filter: Completion }
  | { type: 'local'; id: string; local: Local }
  | { type: 'result'; id: string; result: SearchResult }
  | { type: 'more'; id: 'more' };

type Group = { label: string; items: Entry[] };

export default function Search({ params, onClose, onOpen }: Props) {
  const leave = useLeave(onClose);
  const input = useRef<HTMLInputElement>(null);
  const highlighted = useRef<Entry | null>(null);
  const [query, setQuery] = useState(params.q ?? '');
  useFieldFocus(input, (typed) => setQuery(query + typed));
  const { organization } = usePlace();
  const { online } = useNetwork();
  const asked = useDebounced(query.trim(), ASK_AFTER);
  const answer = useInfiniteQuery(searchQuery(asked));
  /** The query whose further results could not be fetched. */
  const [failed, setFailed] = useState<string | null>(null);
  const isEmpty = query.trim() === '';
  const results = isEmpty ? [] : resultsOf(answer.data?.pages ?? []);
  const hasMore = results.length > 0 && answer.hasNextPage && !answer.isPlaceholderData;
  const isWaiting =
    !isEmpty && online && results.length === 0 && (answer.isFetching || asked !== query.trim());
  const isSlow = useDebounced(isWaiting, SHOW_WAITING_AFTER) && isWaiting;

  const known = useMemo(() => knownNames(organization.id), [organization.id]);
  const local = useMemo(localThings, []);
  const filters = isEmpty ? allFilters() : completionsOf(query, known);
  const near = isEmpty ? local.filter(({ id }) => id.startsWith('window:')) : nearest(local, query);
  const groups: Group[] = [
    {
      label: 'Filters',
      items: filters.map(
        (filter): Entry => ({ type: 'filter', id: `filter:${filter.id}`, filter }),
      ),
    },
    {
      label: 'Here',
      items: near.map((one): Entry => ({ type: 'local', id: one.id, local: one })),
    },
    ...byType(results),
    { label: 'Further results', items: hasMore ? [{ type: 'more', id: 'more' } as const] : [] },
  ].filter(({ items }) => items.length > 0);
  const count = near.length + results.length;
  // What is shown is fetched again after a fault, and the query is without an error then.
  const hasFailed = answer.isFetchNextPageError || failed === asked;
  const further = answer.isFetchingNextPage ? 'coming' : hasFailed ? 'failed' : 'ready';
  const fetchFurther = () => {
    if (answer.isFetchingNextPage) return;
    void answer
      .fetchNextPage()
      .then(({ isFetchNextPageError }) => setFailed(isFetchNextPageError ? asked : null));
  };

  const take = (entry: Entry, apart: boolean) => {
    if (entry.type === 'filter') {
      setQuery(entry.filter.text);
      input.current?.focus();
    } else if (entry.type === 'more') {
      fetchFurther();
    } else if (entry.type === 'local') leave(entry.local.run);
    else if (apart) onOpen(entry.result.url, true);
    else leave(() => onOpen(entry.result.url, false));
  };

  return (
    <TopDialog
      label="Search"
      input={input}
      onClose={onClose}
      onKeyDown={(event) => {
        if (!isPressed(event.nativeEvent, 'search.open')) return;
        event.preventDefault();
        onClose();
      }}
    >
      <Autocomplete.Root
        inline
        open
        items={groups}
        filter={null}
        value={query}
        onValueChange={(value, { reason }) => {
          // Taking an entry does not make its title the query.
          if (reason !== 'item-press') setQuery(value);
        }}
        onItemHighlighted={(entry) => {
          highlighted.current = (entry as Entry | undefined) ?? null;
        }}
        autoHighlight="always"
        keepHighlight
        itemToStringValue={({ id }: Entry) => id}
      >
        <div className="flex flex-none items-center gap-2.5 border-b border-line px-4">
          <SearchIcon size={18} aria-hidden="true" className="flex-none text-muted" />
          <Autocomplete.Input
            ref={input}
            className={TOP_INPUT}
            aria-label="Search"
            aria-describedby="search-help"
            placeholder="Search everything you can see"
            maxLength={LONGEST_QUERY}
            spellCheck={false}
            onKeyDown={(event) => {
              const apart = event.ctrlKey || event.metaKey;
              if (event.key !== 'Enter' || !apart || !highlighted.current) return;
              event.preventDefault();
              event.preventBaseUIHandler();
              take(highlighted.current, true);
            }}
          />
        </div>
        <p id="search-help" className="sr-only">
          Arrow keys go through the results, Enter opens one, Control Enter opens it in a tab.
        </p>
        <Autocomplete.Status className="sr-only">
          {!isEmpty && !isWaiting && countInWords(count, hasMore)}
        </Autocomplete.Status>
        <div
          aria-busy={isWaiting}
          className="min-h-0 flex-1 scroll-py-1.5 overflow-y-auto overscroll-contain p-1.5"
        >
          <Autocomplete.List aria-label="Results">
            {(group: Group) => (
              <Autocomplete.Group key={group.label} items={group.items}>
                <Autocomplete.GroupLabel className={TOP_HEADING}>
                  {group.label}
                </Autocomplete.GroupLabel>
                <Autocomplete.Collection>
                  {(entry: Entry) => (
                    <Row
                      key={entry.id}
                      entry={entry}
                      organization={organization.id}
                      further={further}
                      onTake={(apart) => take(entry, apart)}
                    />
                  )}
                </Autocomplete.Collection>
              </Autocomplete.Group>
            )}
          </Autocomplete.List>
          <State
            isSlow={isSlow}
            isOffline={!online && !isEmpty}
            error={!isEmpty && !answer.isFetching ? answer.error : null}
            nothing={
              !isEmpty && !isWaiting && !answer.error && count + filters.length === 0
                ? query.trim()
                : null
            }
            onRetry={() => {
              // The button goes away.
              input.current?.focus();
              if (answer.isFetchNextPageError) fetchFurther();
              else void answer.refetch();
            }}
          />
          {!isWaiting && (
            <button
              type="button"
              className={`${TOP_ROW} w-full text-start text-muted hover:bg-hover focus-visible:bg-active`}
              onClick={() => openDialog('palette')}
            >
              <span className="grid size-5 flex-none place-items-center">
                <Command size={16} aria-hidden="true" />
              </span>
              Find a command instead
            </button>
          )}
        </div>
      </Autocomplete.Root>
    </TopDialog>
  );
}

function countInWords(count: number, hasMore: boolean): string {
  if (hasMore) return `${count} results, and more`;
  return count === 1 ? '1 result' : `${count} results`;
}

const TYPES: Record<SearchResult['type'], { label: string; icon: LucideIcon }> = {
  item: { label: 'Items', icon: AppWindow },
  space: { label: 'Spaces', icon: LayoutGrid },
  event: { label: 'Events', icon: Radio },
  member: { label: 'Members', icon: Users },
  instance: { label: 'Instances', icon: Boxes },
  domain: { label: 'Domains', icon: Globe },
  dataset: { label: 'Datasets', icon: Table2 },
};

/** In groups by type, in the order in which each type is found first. */
function byType(results: readonly SearchResult[]): Group[] {
  const types = [...new Set(results.map(({ type }) => type))];
  return types.map((type) => ({
    label: TYPES[type].label,
    items: results
      .filter((result) => result.type === type)
      .map((result): Entry => ({ type: 'result', id: `${type}:${result.id}`, result })),
  }));
}

/** Open windows, system apps and settings. */
function localThings(): Local[] {
  const windows = actionById('window.switch');
  const open =
    windows && 'choose' in windows && isPossible(windows) ? windows.choose.choices() : [];
  const actions = allActions().filter(
    (action) =>
      !('local' in action) &&
      !action.unlisted &&
      isPossible(action) &&
      (action.id.startsWith('app.') || action.group === 'Look' || action.group === 'Account'),
  );
  return [
    ...open.flatMap((choice): Local[] =>
      'run' in choice
        ? [
            {
              id: `window:${choice.id}`,
              title: choice.title,
              detail: 'Open window',
              icon: AppWindow,
              picture: choice.picture ?? null,
              color: choice.color,
              words: choice.title,
              run: choice.run,
            },
          ]
        : [],
    ),
    ...actions.map(
      ({ id, title, icon, keywords }): Local => ({
        id: `action:${id}`,
        title: title.replace(/^Open /, ''),
        detail: id.startsWith('app.') ? 'System app' : 'Setting',
        icon: icon ?? Settings,
        words: (keywords ?? []).join(' '),
        run: () => void runAction(id),
      }),
    ),
  ];
}

const wordsIn = (text: string) =>
  text
    .toLocaleLowerCase()
    .split(/[\s-]+/)
    .filter(Boolean);

/** Those that have a word for each word of the query, which may be unfinished; by title first. */
function nearest(local: readonly Local[], query: string): readonly Local[] {
  const wanted = wordsIn(query);
  const has = (text: string) =>
    wanted.every((word) => wordsIn(text).some((own) => own.startsWith(word)));
  const titled = local.filter(({ title }) => has(title));
  const worded = local.filter((one) => !titled.includes(one) && has(`${one.title} ${one.words}`));
  return [...titled, ...worded].slice(0, MOST_LOCAL);
}

type Tagged = { tags?: readonly string[] };

/** The spaces and tags that this tab knows. */
function knownNames(organization: string): Known {
  const items = queryClient
    .getQueriesData<readonly Tagged[]>({ queryKey: ['items'] })
    .flatMap(([, some]) => some ?? []);
  return {
    spaces: queryClient.getQueryData<Known['spaces']>(keys.spaces(organization)) ?? [],
    tags: [...new Set(items.flatMap(({ tags }) => tags ?? []))].toSorted(),
  };
}

/** How it is with the results that are not shown yet. */
type Further = 'ready' | 'coming' | 'failed';

type RowProps = {
  entry: Entry;
  organization: string;
  further: Further;
  onTake: (apart: boolean) => void;
};

function Row({ entry, organization, further, onTake }: RowProps) {
  return (
    <Autocomplete.Item
      value={entry}
      className={`${TOP_ROW} ${entry.type === 'result' ? 'py-2' : ''}`}
      onClick={(event) => onTake(event.ctrlKey || event.metaKey)}
    >
      {entry.type === 'filter' && (
        <Line icon={Filter} title={entry.filter.title} detail={entry.filter.detail} />
      )}
      {entry.type === 'local' && (
        <Line
          icon={entry.local.icon}
          name={entry.local.title}
          picture={entry.local.picture}
          color={entry.local.color}
          title={entry.local.title}
          detail={entry.local.detail}
        />
      )}
      {entry.type === 'more' && <More further={further} onSight={() => onTake(false)} />}
      {entry.type === 'result' && <Found result={entry.result} organization={organization} />}
    </Autocomplete.Item>
  );
}

type LineProps = {
  icon: LucideIcon;
  name?: string;
  picture?: string | null | undefined;
  color?: string | null | undefined;
  title: string;
  detail: string;
};

const Line = ({ icon: Icon, name, picture, color, title, detail }: LineProps) => (
  <>
    <span className="grid size-5 flex-none place-items-center text-muted">
      {name !== undefined && picture !== undefined ? (
        <Face name={name} picture={picture} color={color} size="20px" />
      ) : (
        <Icon size={16} aria-hidden="true" />
      )}
    </span>
    <span dir="auto" className="min-w-0 flex-1 truncate text-start">
      {title}
    </span>
    <span className="flex-none text-sm text-muted">{detail}</span>
  </>
);

/** Fetches further results when somebody takes it, or sees it as long as that did not fail. */
function More({ further, onSight }: { further: Further; onSight: () => void }) {
  const line = useRef<HTMLSpanElement>(null);
  const see = useRef(onSight);
  see.current = onSight;
  useEffect(() => {
    if (!line.current || further !== 'ready') return;
    const sight = new IntersectionObserver(([entry]) => entry?.isIntersecting && see.current());
    sight.observe(line.current);
    return () => sight.disconnect();
  }, [further]);
  return (
    <>
      <span className="grid size-5 flex-none place-items-center text-muted">
        <ChevronsDown size={16} aria-hidden="true" />
      </span>
      <span ref={line} className="flex-1">
        {further === 'coming' ? 'Finding more' : 'Show more'}
      </span>
    </>
  );
}

const KIND_LABELS: Record<string, string> = {
  app: 'App',
  link: 'Link',
  card: 'Card',
  folder: 'Folder',
  widget: 'Widget',
};

function Found({ result, organization }: { result: SearchResult; organization: string }) {
  const { type, title_segments, snippet, why, space, item_kind } = result;
  const Icon = TYPES[type].icon;
  const where = [
    type === 'space' ? null : space?.title,
    result.organization.id === organization ? null : result.organization.name,
  ].filter(Boolean);
  return (
    <>
      <span className="grid size-8 flex-none place-items-center self-start text-muted">
        {type === 'item' || type === 'member' ? (
          <Face {...faceOf(result)} size="28px" round={type === 'member'} />
        ) : (
          <Icon size={18} aria-hidden="true" />
        )}
      </span>
      <span className="min-w-0 flex-1">
        <span dir="auto" className="block truncate text-start font-medium">
          <Segments of={title_segments} />
        </span>
        {snippet.length > 0 && (
          <span dir="auto" className="line-clamp-2 text-start text-sm text-muted">
            <Segments of={type === 'event' ? valuesOf(snippet) : snippet} />
          </span>
        )}
        <span className="block truncate text-xs text-muted">{[...where, why].join(' · ')}</span>
      </span>
      {item_kind && (
        <span className="flex-none self-start pt-1.5 text-sm text-muted">
          {KIND_LABELS[item_kind]}
        </span>
      )}
    </>
  );
}

/** The icon of an item, as its tile has it when this tab knows the item, or the picture of a person. */
function faceOf({ type, id, title, icon = null, item_kind, organization, space }: SearchResult) {
  if (type !== 'item' || !space) return { name: title, picture: icon };
  const item = queryClient
    .getQueryData<readonly Item[]>(keys.items(space.id))
    ?.find((one) => one.id === id);
  if (item) return { name: title, picture: iconUrl(item), color: item.color };
  // Any address will do: only whether there is one counts.
  const url = item_kind === 'app' || item_kind === 'link' ? id : null;
  return { name: title, picture: iconUrl({ id, space_id: space.id, url, icon }, organization.id) };
}

const Segments = ({ of }: { of: SearchResult['snippet'] }) =>
  of.map(({ text, hit }, at) =>
    hit ? (
      // The parts of one text have no identity beyond their order.
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <mark key={at} className="bg-transparent font-semibold text-accent">
        {text}
      </mark>
    ) : (
      text
    ),
  );

type StateProps = {
  isSlow: boolean;
  isOffline: boolean;
  error: Error | null;
  nothing: string | null;
  onRetry: () => void;
};

/** What is said when there are no results, or not all. */
function State({ isSlow, isOffline, error, nothing, onRetry }: StateProps) {
  if (isOffline) {
    return (
      <p role="status" className="px-3 py-6 text-center text-muted">
        You are offline. Only windows, apps and settings are found.
      </p>
    );
  }
  if (error) {
    return (
      <div role="alert" className="px-3 py-6 text-center">
        <p>{wordsFor(error)}</p>
        <button type="button" className="button button-secondary mt-3" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (isSlow) {
    return (
      <div aria-hidden="true" className="space-y-1 p-1.5">
        {['w-1/2', 'w-2/3', 'w-2/5'].map((width) => (
          <div key={width} className="flex h-14 items-center gap-3">
            <span className="skeleton size-8" />
            <span className={`skeleton h-4 ${width}`} />
          </div>
        ))}
      </div>
    );
  }
  if (nothing === null) return null;
  return (
    <p className="px-3 py-6 text-center text-muted">
      Nothing that you can see matches “{nothing}”.
    </p>
  );
}

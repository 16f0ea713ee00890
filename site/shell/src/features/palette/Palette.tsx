/** The command palette: finds an action by its words, asks what it needs, and runs it. */
import { Autocomplete } from '@base-ui/react/autocomplete';
import { ArrowLeft, ChevronRight, CornerDownLeft, Search } from 'lucide-react';
import { type ReactNode, useId, useMemo, useRef, useState } from 'react';
import type { Step } from '@/shared/actions/action';
import { actionById, isPossible, isPressed, noteRun, useActions } from '@/shared/actions/registry';
import { readUses } from '@/shared/actions/uses';
import { announce } from '@/shared/ui/announce';
import { Face } from '@/shared/ui/Face';
import { Keys } from '@/shared/ui/Keys';
import {
  TOP_HEADING,
  TOP_INPUT,
  TOP_ROW,
  TopDialog,
  useFieldFocus,
  useLeave,
} from '@/shared/ui/TopDialog';
import type { DialogProps } from '@/system/dialogs';
import {
  actionEntries,
  choiceEntries,
  type Entry,
  found,
  type Group,
  inlineEntries,
  listed,
  type Result,
  typedEntries,
} from './entries';

/** A step that waits for the person. */
type Waiting = { id: string; title: string; step: Exclude<Step, { run: () => void }> };

const waitingFor = (entry: Pick<Entry, 'id' | 'title' | 'step'>): Waiting[] =>
  'run' in entry.step ? [] : [{ ...entry, step: entry.step }];

/** The step that an address or a shortcut opens the palette with. */
function firstStep(id: string | undefined): Waiting[] {
  const action = id ? actionById(id) : null;
  if (!action || 'local' in action || !isPossible(action)) return [];
  return waitingFor({ id: action.id, title: action.title, step: action });
}

export default function Palette({ params, onClose }: DialogProps<'palette'>) {
  const leave = useLeave(onClose);
  const [trail, setTrail] = useState(() => firstStep(params.action));
  const input = useRef<HTMLInputElement>(null);
  const now = trail.at(-1);
  const back = () => setTrail(trail.slice(0, -1));

  const take = ({ id, title, step }: Entry) => {
    if ('run' in step) {
      for (const one of [...trail.map((waiting) => waiting.id), id]) noteRun(one);
      leave(step.run);
    } else setTrail([...trail, ...waitingFor({ id, title, step })]);
  };

  const common = { trail, input, onBack: back };
  return (
    <TopDialog
      label="Commands"
      input={input}
      onClose={onClose}
      onEscape={trail.length > 0 ? back : undefined}
      onKeyDown={(event) => {
        if (!isPressed(event.nativeEvent, 'palette.open')) return;
        event.preventDefault();
        onClose();
      }}
    >
      {now && 'ask' in now.step ? (
        <AskStep
          key={now.id}
          ask={now.step.ask}
          {...common}
          onText={(text, ask) => {
            for (const { id } of trail) noteRun(id);
            leave(() => ask(text));
          }}
        />
      ) : (
        <ListStep key={now?.id ?? ''} waiting={now} {...common} onTake={take} />
      )}
    </TopDialog>
  );
}

type Common = {
  trail: readonly Waiting[];
  input: React.RefObject<HTMLInputElement | null>;
  onBack: () => void;
};

/** The line with the field: what is asked, after what was chosen before. */
function Line({ trail, onBack, children }: Omit<Common, 'input'> & { children: ReactNode }) {
  const last = trail.at(-1);
  return (
    <div className="flex flex-none items-center gap-2.5 border-b border-line pr-4 pl-4">
      {last ? (
        <button
          type="button"
          className="button button-quiet -ml-2 min-w-0 flex-none !min-h-8 bg-hover text-sm"
          aria-label={`Back from ${last.title}`}
          onClick={onBack}
        >
          <ArrowLeft size={14} aria-hidden="true" />
          <span className="max-w-32 truncate sm:max-w-52">{last.title}</span>
        </button>
      ) : (
        <Search size={18} aria-hidden="true" className="flex-none text-muted" />
      )}
      {children}
    </div>
  );
}

type ListProps = Common & { waiting: Waiting | undefined; onTake: (entry: Entry) => void };

function ListStep({ waiting, trail, input, onBack, onTake }: ListProps) {
  const [query, setQuery] = useState('');
  const actions = useActions();
  const help = useId();
  const choose = waiting && 'choose' in waiting.step ? waiting.step.choose : null;
  useFieldFocus(input, (typed) => setQuery(query + typed));

  // What makes sense is decided once, when the list is shown.
  const [uses, time] = useMemo(() => [readUses(), Date.now()] as const, []);
  const entries = useMemo(
    () =>
      waiting && choose ? choiceEntries(waiting.id, '', choose.choices()) : actionEntries(actions),
    [waiting, choose, actions],
  );
  const inline = useMemo(() => (choose ? [] : inlineEntries(actions)), [choose, actions]);
  const groups = useMemo((): Group[] => {
    if (query.trim() === '')
      return choose
        ? [{ label: '', items: entries.map((entry) => ({ ...entry, ranges: [] })) }]
        : listed(entries, uses, time);
    const typed = (place: 'first' | 'last') =>
      choose ? [] : typedEntries(actions, query, place).map((entry) => ({ ...entry, ranges: [] }));
    const results = found([...entries, ...inline], query.trim(), uses, time);
    return [{ label: '', items: [...typed('first'), ...results, ...typed('last')] }];
  }, [query, entries, inline, actions, uses, time, choose]);
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);

  return (
    <Autocomplete.Root
      inline
      open
      items={groups.filter(({ items }) => items.length > 0)}
      filter={null}
      value={query}
      onValueChange={(value, { reason }) => {
        // Taking an entry does not make its title the query.
        if (reason !== 'item-press') setQuery(value);
      }}
      autoHighlight="always"
      keepHighlight
      itemToStringValue={({ title }: Result) => title}
    >
      <Line trail={trail} onBack={onBack}>
        <Autocomplete.Input
          ref={input}
          className={TOP_INPUT}
          aria-label={choose?.prompt ?? 'Find a command'}
          aria-describedby={help}
          placeholder={choose?.prompt ?? 'What would you like to do?'}
          spellCheck={false}
          onKeyDown={(event) => {
            if (event.key === 'Backspace' && query === '' && trail.length > 0) onBack();
          }}
        />
      </Line>
      <p id={help} className="sr-only">
        Arrow keys go through the list, Enter takes an entry
        {trail.length > 0 && ', Escape goes back'}.
      </p>
      <Autocomplete.Status className="sr-only">
        {query !== '' && (count === 1 ? '1 result' : `${count} results`)}
      </Autocomplete.Status>
      <div className="min-h-0 flex-1 scroll-py-1.5 overflow-y-auto overscroll-contain p-1.5">
        <Autocomplete.Empty>
          <p className="px-3 py-8 text-center text-muted">
            {query === '' ? 'There is nothing to choose.' : `Nothing matches “${query.trim()}”.`}
          </p>
        </Autocomplete.Empty>
        <Autocomplete.List aria-label={choose?.prompt ?? 'Commands'}>
          {(group: Group) => (
            <Autocomplete.Group key={group.label} items={[...group.items]}>
              {group.label && (
                <Autocomplete.GroupLabel className={TOP_HEADING}>
                  {group.label}
                </Autocomplete.GroupLabel>
              )}
              <Autocomplete.Collection>
                {(entry: Result) => (
                  <Row key={entry.id} entry={entry} onTake={() => onTake(entry)} />
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
      <Footer nested={trail.length > 0} />
    </Autocomplete.Root>
  );
}

function Row({ entry, onTake }: { entry: Result; onTake: () => void }) {
  const { title, detail, icon: Icon, picture, color, keys, step, ranges } = entry;
  return (
    <Autocomplete.Item value={entry} onClick={onTake} className={TOP_ROW}>
      <span className="grid size-5 flex-none place-items-center text-muted">
        {Icon ? (
          <Icon size={16} aria-hidden="true" />
        ) : (
          picture !== undefined && <Face name={title} picture={picture} color={color} size="20px" />
        )}
      </span>
      <span dir="auto" className="min-w-0 flex-1 truncate text-start">
        <Marked text={title} ranges={ranges} />
      </span>
      {detail && <span className="flex-none text-sm text-muted">{detail}</span>}
      {keys && (
        <span className="pointer-coarse:hidden">
          <Keys keys={keys} />
        </span>
      )}
      {!('run' in step) && (
        <ChevronRight size={16} aria-hidden="true" className="flex-none text-faint" />
      )}
    </Autocomplete.Item>
  );
}

/** A title with what the query matched set off. */
function Marked({ text, ranges }: { text: string; ranges: Result['ranges'] }) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const [first, last] of ranges) {
    parts.push(text.slice(from, first));
    parts.push(
      <mark key={first} className="bg-transparent font-semibold text-accent">
        {text.slice(first, last + 1)}
      </mark>,
    );
    from = last + 1;
  }
  return [...parts, text.slice(from)];
}

type AskProps = Common & {
  ask: Extract<Step, { ask: unknown }>['ask'];
  onText: (text: string, run: (text: string) => void) => void;
};

function AskStep({ ask, trail, input, onBack, onText }: AskProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const help = useId();
  useFieldFocus(input, (typed) => setText(text + typed));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const wrong =
          ask.check?.(text.trim()) ?? (text.trim() === '' ? 'Type something first.' : null);
        setProblem(wrong);
        if (wrong) announce(wrong);
        else onText(text.trim(), ask.run);
      }}
    >
      <Line trail={trail} onBack={onBack}>
        <input
          ref={input}
          className={TOP_INPUT}
          value={text}
          aria-label={ask.prompt}
          aria-invalid={problem !== null}
          aria-describedby={help}
          placeholder={ask.prompt}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setProblem(null);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Backspace' && text === '') onBack();
          }}
        />
        <button type="submit" className="button button-primary">
          Continue
        </button>
      </Line>
      <p id={help} className={`px-4 py-3 text-sm ${problem ? 'text-danger' : 'text-muted'}`}>
        {problem ?? 'Enter continues, Escape goes back.'}
      </p>
    </form>
  );
}

function Footer({ nested }: { nested: boolean }) {
  return (
    <div
      aria-hidden="true"
      className="flex h-9 flex-none items-center justify-end gap-4 border-t border-line px-4 text-xs text-muted pointer-coarse:hidden max-sm:hidden"
    >
      {nested && <span>Esc back</span>}
      <span>↑↓ choose</span>
      <span className="flex items-center gap-1">
        <CornerDownLeft size={12} /> run
      </span>
    </div>
  );
}

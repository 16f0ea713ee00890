/** The dialog with all shortcuts, where a person can change them. */
import { Download, Pencil, RotateCcw, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ACTION_GROUPS, type Action } from '@/shared/actions/action';
import { isApple, keysFrom, labelOf, refusalOf } from '@/shared/actions/keys';
import { changeOverrides, useOverrides } from '@/shared/actions/overrides';
import { keysOf, useActions } from '@/shared/actions/registry';
import { saveFile } from '@/shared/lib/save-file';
import { announce } from '@/shared/ui/announce';
import { confirm } from '@/shared/ui/confirm';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { FileButton } from '@/shared/ui/FileButton';
import { Keys } from '@/shared/ui/Keys';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';
import { assign, exported, isEditable, ownerOf, type Preview, previewOf, reset } from './edit';

const matches = (action: Action, query: string, keys: readonly string[]) => {
  const words = [
    action.title,
    action.fixedKeys ?? '',
    ...(action.keywords ?? []),
    ...keys.map((one) => labelOf(one, isApple())),
  ];
  return words.join(' ').toLocaleLowerCase().includes(query.trim().toLocaleLowerCase());
};

export default function Shortcuts({ onClose }: DialogProps<'shortcuts'>) {
  const actions = useActions();
  const overrides = useOverrides();
  const [query, setQuery] = useState('');
  const [editing, setEditing] = useState<string | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const groups = ACTION_GROUPS.map((group) => ({
    group,
    listed: actions.filter(
      (action) => action.group === group && matches(action, query, keysOf(action, overrides)),
    ),
  })).filter(({ listed }) => listed.length > 0);
  if (preview) {
    return <ImportPreview preview={preview} onBack={() => setPreview(null)} onClose={onClose} />;
  }
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} width={680}>
      <div className="px-5 pb-3 sm:px-6">
        <SearchField value={query} onChange={setQuery} />
      </div>
      <DialogBody>
        {groups.length === 0 && (
          <p className="py-8 text-center text-muted">No action matches “{query.trim()}”.</p>
        )}
        {groups.map(({ group, listed }) => (
          <section key={group} aria-label={group} className="not-first:mt-5">
            <h3 className="mb-1 text-sm text-muted">{group}</h3>
            <ul className="divide-y divide-line">
              {listed.map((action) => (
                <Row
                  key={action.id}
                  action={action}
                  editing={editing === action.id}
                  onEdit={(on) => setEditing(on ? action.id : null)}
                />
              ))}
            </ul>
          </section>
        ))}
      </DialogBody>
      <DialogActions>
        <Transfer onPreview={setPreview} />
        <span className="flex-1" />
        <button
          type="button"
          className="button button-secondary"
          disabled={Object.keys(overrides).length === 0}
          onClick={resetAll}
        >
          Reset all
        </button>
      </DialogActions>
    </Dialog>
  );
}

const resetAll = () =>
  confirm({
    title: 'Reset all shortcuts?',
    body: 'Every action has its default shortcut again, on all your devices.',
    action: 'Reset all',
    run: () => changeOverrides(null),
  });

function SearchField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  return (
    <div className="relative">
      <Search
        size={16}
        aria-hidden="true"
        className="absolute top-1/2 left-3 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        className="field !pl-9"
        aria-label="Search shortcuts"
        placeholder="Search by action or key"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

type RowProps = { action: Action; editing: boolean; onEdit: (on: boolean) => void };

function Row({ action, editing, onEdit }: RowProps) {
  const overrides = useOverrides();
  const actions = useActions();
  const button = useRef<HTMLButtonElement>(null);
  const keys = keysOf(action, overrides);
  const done = () => {
    // Before what has the focus goes away.
    button.current?.focus();
    onEdit(false);
  };
  return (
    <li className="py-1.5">
      <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1">
        <span className="min-w-40 flex-1">{action.title}</span>
        {action.fixedKeys !== undefined ? (
          <span className="text-sm text-muted">{action.fixedKeys}</span>
        ) : (
          <span className="flex items-center gap-3">
            {keys.length === 0 && <span className="sr-only">No shortcut</span>}
            {keys.map((one) => (
              <Keys key={one} keys={one} />
            ))}
          </span>
        )}
        {isEditable(action) ? (
          <span className="flex flex-none">
            {action.id in overrides && (
              <RowButton
                label={`Reset the shortcut of ${action.title}`}
                onClick={() => {
                  changeOverrides(reset(action, actions, overrides, isApple()));
                  announce('Default shortcut restored');
                  button.current?.focus();
                }}
              >
                <RotateCcw size={14} aria-hidden="true" />
              </RowButton>
            )}
            {keys.length > 0 && editing && (
              <RowButton
                label={`Remove the shortcut of ${action.title}`}
                onClick={() => {
                  changeOverrides({ [action.id]: [] });
                  announce('Shortcut removed');
                  done();
                }}
              >
                <X size={14} aria-hidden="true" />
              </RowButton>
            )}
            <RowButton
              ref={button}
              label={`Change the shortcut of ${action.title}`}
              pressed={editing}
              onClick={() => onEdit(!editing)}
            >
              <Pencil size={14} aria-hidden="true" />
            </RowButton>
          </span>
        ) : (
          <span aria-hidden="true" className="w-8 flex-none max-sm:hidden" />
        )}
      </div>
      {editing && <Recorder action={action} onDone={done} />}
    </li>
  );
}

type RowButtonProps = {
  label: string;
  onClick: () => void;
  pressed?: boolean;
  ref?: React.Ref<HTMLButtonElement>;
  children: ReactNode;
};

const RowButton = ({ label, onClick, pressed, ref, children }: RowButtonProps) => (
  <button
    ref={ref}
    type="button"
    className="grid size-8 place-items-center rounded-control text-muted hover:bg-hover hover:text-text aria-expanded:bg-active pointer-coarse:size-[44px]"
    aria-label={label}
    aria-expanded={pressed}
    onClick={onClick}
  >
    {children}
  </button>
);

/** What the pressed keys lead to. */
type Outcome =
  | { kind: 'waiting' }
  | { kind: 'refused'; keys: string; reason: string }
  | { kind: 'used'; keys: string; owner: Action };

/** Waits for the new shortcut. All keys are its own meanwhile, but Tab and Escape. */
function Recorder({ action, onDone }: { action: Action; onDone: () => void }) {
  const actions = useActions();
  const overrides = useOverrides();
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'waiting' });
  const box = useRef<HTMLButtonElement>(null);
  const apple = isApple();
  const take = (keys: string) => {
    changeOverrides(assign(action, keys, actions, overrides, apple));
    announce(`${labelOf(keys, apple)} is the shortcut of “${action.title}” now`);
    onDone();
  };
  const pressed = useRef((_event: KeyboardEvent) => {});
  pressed.current = (event) => {
    if (event.isComposing || event.key === 'Tab' || event.target !== box.current) return;
    event.preventDefault();
    // Neither the dialog nor any other shortcut acts on what is recorded.
    event.stopImmediatePropagation();
    if (event.key === 'Escape') return onDone();
    const keys = keysFrom(event, apple);
    if (!keys) return;
    const reason = refusalOf(keys, apple);
    const owner = ownerOf(keys, action.id, actions, overrides, apple);
    if (reason) setOutcome({ kind: 'refused', keys, reason });
    else if (owner) setOutcome({ kind: 'used', keys, owner });
    else take(keys);
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed.current(event);
    addEventListener('keydown', listen, true);
    box.current?.focus();
    return () => removeEventListener('keydown', listen, true);
  }, []);
  const help = useId();
  return (
    <div className="mt-1 mb-2 flex flex-wrap items-center gap-2 rounded-control bg-sunken p-2">
      <button
        ref={box}
        type="button"
        className="field !w-auto min-w-56 text-start text-muted"
        aria-describedby={help}
      >
        <span className="sr-only">New shortcut of {action.title}: </span>
        {outcome.kind === 'waiting' ? 'Press the new shortcut' : <Keys keys={outcome.keys} />}
      </button>
      <p id={help} role="alert" className="min-w-40 flex-1 text-sm text-muted">
        {outcome.kind === 'waiting' && 'Escape cancels.'}
        {outcome.kind === 'refused' && (
          <span className="text-danger">
            {labelOf(outcome.keys, apple)} cannot be used. {outcome.reason}
          </span>
        )}
        {outcome.kind === 'used' && (
          <>
            {labelOf(outcome.keys, apple)} is used by “{outcome.owner.title}”. Replace it, or press
            another one.
          </>
        )}
      </p>
      {outcome.kind === 'used' && (
        <button type="button" className="button button-primary" onClick={() => take(outcome.keys)}>
          Replace
        </button>
      )}
      <button type="button" className="button button-quiet" onClick={onDone}>
        Cancel
      </button>
    </div>
  );
}

function Transfer({ onPreview }: { onPreview: (preview: Preview) => void }) {
  const actions = useActions();
  const overrides = useOverrides();
  const save = () =>
    saveFile(new Blob([exported(overrides)], { type: 'application/json' }), 'prox-shortcuts.json');
  const read = async (file: File) => {
    const preview = previewOf(await file.text(), actions, overrides, isApple());
    if (preview) onPreview(preview);
    else toast('error', `${file.name} does not hold exported shortcuts.`);
  };
  return (
    <>
      <button type="button" className="button button-quiet" onClick={save}>
        <Download size={16} aria-hidden="true" /> Export
      </button>
      <FileButton
        label="Import"
        field="File with exported shortcuts"
        onFile={(file) => void read(file)}
      />
    </>
  );
}

type PreviewProps = { preview: Preview; onBack: () => void; onClose: () => void };

function ImportPreview({ preview, onBack, onClose }: PreviewProps) {
  const { rows, problems, change } = preview;
  const take = () => {
    changeOverrides(change);
    toast('success', 'Shortcuts imported.');
    onBack();
  };
  return (
    <Dialog
      title="Import shortcuts"
      description={
        rows.length === 0
          ? 'The file changes nothing.'
          : `The file changes ${rows.length === 1 ? 'one shortcut' : `${rows.length} shortcuts`}.`
      }
      onClose={onClose}
      width={680}
    >
      <DialogBody>
        <ul className="divide-y divide-line">
          {rows.map(({ id, title, from, to }) => (
            <li key={id} className="flex min-h-10 flex-wrap items-center gap-x-4 py-1.5">
              <span className="min-w-40 flex-1">{title}</span>
              <Shown keys={from} />
              <span className="text-muted">
                <span aria-hidden="true">→</span>
                <span className="sr-only">becomes</span>
              </span>
              <Shown keys={to} />
            </li>
          ))}
        </ul>
        {problems.length > 0 && (
          <ul className="mt-4 list-disc space-y-1 rounded-control bg-warn-soft py-3 pr-4 pl-8 text-sm">
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
      </DialogBody>
      <DialogActions>
        <button type="button" className="button button-quiet" onClick={onBack}>
          Back
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={rows.length === 0}
          onClick={take}
        >
          Import
        </button>
      </DialogActions>
    </Dialog>
  );
}

const Shown = ({ keys }: { keys: readonly string[] }) =>
  keys.length === 0 ? (
    <span className="text-sm text-faint">None</span>
  ) : (
    <span className="flex gap-3">
      {keys.map((one) => (
        <Keys key={one} keys={one} />
      ))}
    </span>
  );

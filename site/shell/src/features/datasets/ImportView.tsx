/** A file on its way into a dataset: how far it is, what was found in it, what it will change. */
import type { DatasetColumn, DatasetImport, ImportColumn, ImportMode } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, Download } from 'lucide-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { CheckField } from '@/shared/ui/CheckField';
import { ChoiceRows } from '@/shared/ui/Choice';
import { confirm } from '@/shared/ui/confirm';
import { Field, Labelled } from '@/shared/ui/Field';
import { Panel, PanelSection } from '@/shared/ui/Panel';
import { FormProblem, Loaded, RowsSkeleton } from '@/shared/ui/States';
import { toastProblem } from '@/shared/ui/toasts';
import { BackButton } from './BackButton';
import {
  datasetQuery,
  type ImportUpdate,
  importQuery,
  saveBadRows,
  useCancelImport,
  useContinueImport,
  useUpdateImport,
} from './data';
import { inWords, rowsInWords, TYPES } from './view';

type Props = { id: string; onBack: () => void; onOpen: (dataset: string) => void };

export function ImportView({ id, onBack, onOpen }: Props) {
  const { organization } = usePlace();
  const query = useQuery(importQuery(organization.id, id));
  return (
    <Panel>
      <Loaded query={query} skeleton={<RowsSkeleton rows={4} />}>
        {(one) => <OfImport one={one} onBack={onBack} onOpen={onOpen} />}
      </Loaded>
    </Panel>
  );
}

type OfProps = Omit<Props, 'id'> & { one: DatasetImport };

const SAID: Record<DatasetImport['state'], string> = {
  reading: 'Reading the file',
  review: 'The columns are found',
  storing: 'Storing the rows',
  ready: 'The changes are known',
  done: 'Imported',
  failed: 'The file could not be read',
};

function OfImport({ one, onBack, onOpen }: OfProps) {
  const cancel = useCancelImport(one);
  useEffect(() => announce(SAID[one.state]), [one.state]);
  const ask = () =>
    confirm({
      title: 'Cancel this import?',
      body: 'Nothing has changed yet, and nothing will. The file is forgotten.',
      action: 'Cancel import',
      run: () => void cancel.mutateAsync(undefined).then(onBack, toastProblem),
    });
  return (
    <>
      <header className="mb-4 -ml-2 flex items-center gap-2">
        <BackButton onBack={onBack} />
        <h2 dir="auto" className="min-w-0 flex-1 truncate text-lg">
          {one.file_name || one.name}
        </h2>
        {one.state !== 'done' && (
          <button type="button" className="button button-quiet" onClick={ask}>
            Cancel
          </button>
        )}
      </header>
      {(one.state === 'reading' || one.state === 'storing') && <Progress one={one} />}
      {one.state === 'failed' && <Failed one={one} />}
      {one.state === 'review' && <Review one={one} />}
      {one.state === 'ready' && <Ready one={one} />}
      {one.state === 'done' && <Done one={one} onOpen={onOpen} />}
    </>
  );
}

function Progress({ one }: { one: DatasetImport }) {
  const share = one.size === 0 ? 1 : one.read_bytes / one.size;
  const words = one.state === 'reading' ? 'Finding the columns' : 'Storing the rows';
  const id = useId();
  return (
    <div className="py-8">
      <p id={id} className="mb-2 flex justify-between gap-3">
        <span>{words}</span>
        <span className="tabular text-muted">{rowsInWords(one.rows)}</span>
      </p>
      <progress
        className="h-2 w-full overflow-hidden rounded-full accent-accent"
        aria-labelledby={id}
        max={1}
        value={share}
      />
      <p className="mt-2 text-sm text-muted">
        You can close this window. It goes on, and waits here for you.
      </p>
    </div>
  );
}

const DELIMITERS = [
  { value: '', label: 'As it was found' },
  { value: ',', label: 'Comma ,' },
  { value: ';', label: 'Semicolon ;' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar |' },
];

/** How the file is read: what can be chosen about it as a whole. */
function Reading({ one, update }: { one: DatasetImport; update: ImportUpdate }) {
  const { choices } = one;
  const choose = (change: Partial<DatasetImport['choices']>) => {
    const next = { ...choices, ...change };
    for (const [name, value] of Object.entries(next))
      if (value === undefined) delete next[name as keyof typeof next];
    update.mutate({ choices: next }, { onError: toastProblem });
  };
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Labelled label="Between two cells">
        {(wired) => (
          <select
            className="field"
            {...wired}
            value={choices.delimiter ?? ''}
            onChange={({ target }) => choose({ delimiter: target.value || undefined })}
          >
            {DELIMITERS.map(({ value, label }) => (
              <option key={label} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label="First row">
        {(wired) => (
          <select
            className="field"
            {...wired}
            value={
              choices.header === undefined || choices.header === null ? '' : String(choices.header)
            }
            onChange={({ target }) =>
              choose({ header: target.value === '' ? undefined : target.value === 'true' })
            }
          >
            <option value="">As it was found</option>
            <option value="true">Names the columns</option>
            <option value="false">Has values</option>
          </select>
        )}
      </Labelled>
      {one.lists.length > 1 && (
        <Labelled label="List of rows">
          {(wired) => (
            <select
              className="field"
              {...wired}
              value={JSON.stringify(choices.list ?? one.lists[0])}
              onChange={({ target }) => choose({ list: JSON.parse(target.value) as string[] })}
            >
              {one.lists.map((path) => (
                <option key={JSON.stringify(path)} value={JSON.stringify(path)}>
                  {path.join(' › ') || 'The document'}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      )}
    </div>
  );
}

function Failed({ one }: { one: DatasetImport }) {
  const update = useUpdateImport(one);
  return (
    <>
      <p
        role="alert"
        className="flex items-start gap-2 rounded-control bg-danger-soft px-3 py-2 [overflow-wrap:anywhere]"
      >
        <CircleAlert size={16} aria-hidden="true" className="mt-0.5 flex-none text-danger" />
        {one.problem}
      </p>
      <PanelSection title="Read it in another way">
        <Reading one={one} update={update} />
      </PanelSection>
    </>
  );
}

const MODES: readonly { value: ImportMode; label: string; detail: string }[] = [
  { value: 'add', label: 'Add the rows', detail: 'Those that are there stay as they are.' },
  {
    value: 'merge',
    label: 'Match by a column',
    detail: 'Rows with the same value are changed, others added.',
  },
  {
    value: 'replace',
    label: 'Replace all rows',
    detail: 'Those that are there go, once these are all there.',
  },
];

function Review({ one }: { one: DatasetImport }) {
  const update = useUpdateImport(one);
  const go = useContinueImport(one);
  const [name, setName] = useState(one.name);
  const misfits = one.columns.reduce((sum, { misfits: { count } }) => sum + count, 0);
  const store = async () => {
    try {
      if (one.dataset_id === null && name.trim() !== one.name)
        await update.mutateAsync({ name: name.trim() });
      await go.mutateAsync('store');
    } catch {
      // Shown above the button.
    }
  };
  return (
    <>
      {one.problem && (
        <p role="alert" className="mb-4 rounded-control bg-warn-soft px-3 py-2">
          {one.problem}
        </p>
      )}
      <p>
        {rowsInWords(one.rows)},{' '}
        {one.columns.length === 1 ? '1 column' : `${one.columns.length} columns`}
        {one.bad_rows > 0 && (
          <span className="text-muted">
            {' '}
            · {rowsInWords(one.bad_rows)} cannot be read and will be kept aside
          </span>
        )}
        {misfits > 0 && (
          <span className="text-muted"> · {inWords(misfits)} values do not fit their column</span>
        )}
      </p>
      {one.notes.length > 0 && (
        <ul className="mt-2 list-disc pl-5 text-sm text-muted">
          {one.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {one.dataset_id === null ? (
        <div className="mt-4">
          <Field
            label="Name of the dataset"
            autoComplete="off"
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
      ) : (
        <Into one={one} dataset={one.dataset_id} update={update} />
      )}
      <PanelSection title="Columns" description="Their types were found from all rows.">
        <ul className="divide-y divide-line">
          {one.columns.map((column, at) => (
            <ColumnLine
              key={column.name}
              one={one}
              update={update}
              column={column}
              examples={one.sample.flatMap((row) => row[at] ?? [])}
            />
          ))}
        </ul>
      </PanelSection>
      <PanelSection title="How the file is read">
        <Reading one={one} update={update} />
      </PanelSection>
      <FormProblem error={go.error ?? update.error} />
      <div className="mt-6 flex justify-end">
        <button
          type="button"
          className="button button-primary"
          disabled={
            go.isPending || update.isPending || (one.dataset_id === null && name.trim() === '')
          }
          onClick={() => void store()}
        >
          {one.dataset_id === null ? 'Import' : 'Show what changes'}
        </button>
      </div>
    </>
  );
}

type IntoProps = { one: DatasetImport; dataset: string; update: ImportUpdate };

type Chosen = { mode?: ImportMode; key?: string; removes?: boolean };

/** What happens to the rows of the dataset that exists. */
function Into({ one, dataset: id, update }: IntoProps) {
  const { data: dataset } = useQuery(datasetQuery(one.organization_id, id));
  const both = (dataset?.columns ?? []).filter(({ name }: DatasetColumn) =>
    one.columns.some((column) => column.name === name),
  );
  // What was chosen is shown before it is stored.
  const [chosen, setChosen] = useState<Chosen>({});
  const { mode, key: named, removes } = { ...one, ...chosen };
  const set = (change: Chosen) => {
    setChosen({ ...chosen, ...change });
    update.mutate(change, { onError: toastProblem, onSettled: () => setChosen({}) });
  };
  const key = both.find(({ name }) => name === named)?.name;
  return (
    <div className="mt-4 flex flex-col gap-4">
      <ChoiceRows
        label={`Into ${dataset?.name ?? 'the dataset'}`}
        value={mode}
        options={MODES.map((option) => ({
          ...option,
          disabled: option.value === 'merge' && both.length === 0,
        }))}
        onChange={(next) =>
          set({ mode: next, ...(next === 'merge' && !key && both[0] && { key: both[0].name }) })
        }
      />
      {mode === 'merge' && (
        <>
          <Labelled label="Column to match by" hint="Its values are different in all rows.">
            {(wired) => (
              <select
                className="field"
                {...wired}
                value={key ?? ''}
                onChange={({ target }) => set({ key: target.value })}
              >
                {!key && <option value="">Choose</option>}
                {both.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Labelled>
          <CheckField checked={removes} onChange={(removes) => set({ removes })}>
            Remove rows that are not in the file
          </CheckField>
        </>
      )}
    </div>
  );
}

type ColumnProps = {
  one: DatasetImport;
  update: ImportUpdate;
  column: ImportColumn;
  examples: readonly string[];
};

function ColumnLine({ one, update, column, examples }: ColumnProps) {
  const choose = (choice: NonNullable<DatasetImport['choices']['columns']>[string]) =>
    update.mutate(
      {
        choices: {
          ...one.choices,
          columns: { ...one.choices.columns, [column.name]: choice },
        },
      },
      { onError: toastProblem },
    );
  return (
    <li className="py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-48">
          <p dir="auto" className="truncate font-medium">
            {column.name}
          </p>
          <p dir="auto" className="truncate text-sm text-muted">
            {examples.slice(0, 3).join(', ') || 'Empty'}
          </p>
        </div>
        <select
          className="field w-auto"
          aria-label={`Type of ${column.name}`}
          value={column.type}
          disabled={update.isPending}
          onChange={({ target }) => choose({ type: target.value as ImportColumn['type'] })}
        >
          {TYPES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {column.misfits.count > 0 && (
        <p className="mt-1 text-sm text-danger">
          {rowsInWords(column.misfits.count)} will be kept aside: line{' '}
          {column.misfits.lines.slice(0, 5).join(', ')}
          {column.misfits.count > 5 ? ' and more' : ''}.
        </p>
      )}
      {column.hints.map((hint) => (
        <p key={hint.message} className="mt-1 flex flex-wrap items-center gap-2 text-sm text-muted">
          <span className="min-w-0 flex-1 basis-60">{hint.message}</span>
          <button
            type="button"
            className="button button-secondary"
            disabled={update.isPending}
            aria-label={`Use this for ${column.name}: ${hint.message}`}
            onClick={() => choose(hint.choice)}
          >
            Use this
          </button>
        </p>
      ))}
    </li>
  );
}

function Ready({ one }: { one: DatasetImport }) {
  const update = useUpdateImport(one);
  const go = useContinueImport(one);
  const { changes } = one;
  if (!changes) return null;
  const { added, changed, removed, unchanged, examples } = changes;
  return (
    <>
      <h3 className="text-lg">What will change</h3>
      <dl className="mt-3 grid grid-cols-2 gap-2 sm:grid-cols-4">
        <Figure label="Added" rows={added} keys={examples?.added} />
        <Figure label="Changed" rows={changed} keys={examples?.changed} />
        <Figure label="Removed" rows={removed} keys={examples?.removed} danger={removed > 0} />
        <Figure label="As before" rows={unchanged} />
      </dl>
      <KeptAside one={one} />
      <FormProblem error={go.error} />
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <button
          type="button"
          className="button button-secondary"
          disabled={update.isPending}
          // Any change goes back to the review.
          onClick={() => update.mutate({ mode: one.mode }, { onError: toastProblem })}
        >
          Back
        </button>
        <button
          type="button"
          className={`button ${removed > 0 ? 'button-danger' : 'button-primary'}`}
          disabled={go.isPending}
          onClick={() => go.mutate('apply')}
        >
          Apply
        </button>
      </div>
    </>
  );
}

type FigureProps = {
  label: string;
  rows: number;
  keys?: readonly string[] | undefined;
  danger?: boolean;
};

function Figure({ label, rows, keys = [], danger = false }: FigureProps) {
  const rest = rows - keys.length;
  return (
    <div className="rounded-card bg-sunken px-3 py-2">
      <dt className="text-sm text-muted">{label}</dt>
      <dd>
        <span className={`tabular text-xl font-semibold ${danger ? 'text-danger' : ''}`}>
          {inWords(rows)}
        </span>
        {keys.length > 0 && (
          <span className="block text-xs text-muted [overflow-wrap:anywhere]">
            {keys.join(', ')}
            {rest > 0 && ` and ${inWords(rest)} more`}
          </span>
        )}
      </dd>
    </div>
  );
}

function KeptAside({ one }: { one: DatasetImport }): ReactNode {
  if (one.bad_rows === 0) return null;
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2 rounded-control bg-warn-soft px-3 py-2">
      <p className="min-w-0 flex-1 basis-60">
        {one.bad_rows === 1 ? '1 row is' : `${inWords(one.bad_rows)} rows are`} kept aside, with
        line and reason.
      </p>
      <button
        type="button"
        className="button button-secondary"
        onClick={() => void saveBadRows(one).catch(toastProblem)}
      >
        <Download size={16} aria-hidden="true" /> Download
      </button>
    </div>
  );
}

function Done({ one, onOpen }: { one: DatasetImport; onOpen: (dataset: string) => void }) {
  const { changes, dataset_id: dataset } = one;
  const parts = [
    changes && changes.added > 0 && `${rowsInWords(changes.added)} added`,
    changes && changes.changed > 0 && `${rowsInWords(changes.changed)} changed`,
    changes && changes.removed > 0 && `${rowsInWords(changes.removed)} removed`,
  ].filter(Boolean);
  return (
    <>
      <p className="flex items-center gap-2">
        <CircleCheck size={18} aria-hidden="true" className="flex-none text-ok" />
        {parts.join(', ') || 'Nothing to change'}.
      </p>
      <KeptAside one={one} />
      {dataset && (
        <button
          type="button"
          className="button button-primary mt-6"
          onClick={() => onOpen(dataset)}
        >
          Open the dataset
        </button>
      )}
    </>
  );
}

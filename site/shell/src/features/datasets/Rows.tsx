/** The rows of one dataset: a table that is sorted, filtered, read by pages, and edited in place. */

import type { Dataset, DatasetColumn } from '@prox/api-client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Columns3, Download, FileUp, Filter, Plus, Radio, Rows3, Trash2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { atLeast, usePlace } from '@/shared/lib/place';
import { confirm } from '@/shared/ui/confirm';
import { openMenu } from '@/shared/ui/menu';
import { Failure, Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { toastProblem } from '@/shared/ui/toasts';
import { BackButton } from './BackButton';
import { CollectorsDialog } from './CollectorsDialog';
import { ColumnDialog } from './ColumnDialog';
import { datasetQuery, rowsQuery, saveRows, useDeleteColumn, useDeleteDataset } from './data';
import { FileZone } from './FileZone';
import { FilterForm } from './FilterForm';
import { Grid } from './Grid';
import { RowDialog } from './RowDialog';
import { type Condition, conditionText, conditionWords, type Order, rowsInWords } from './view';

type Props = { id: string; onBack: () => void; onImport: (id: string) => void };

export function Rows({ id, onBack, onImport }: Props) {
  const { organization } = usePlace();
  const query = useQuery(datasetQuery(organization.id, id));
  return (
    <Loaded query={query} skeleton={<RowsSkeleton rows={6} />}>
      {(dataset) => <OfDataset dataset={dataset} onBack={onBack} onImport={onImport} />}
    </Loaded>
  );
}

type OfDatasetProps = Omit<Props, 'id'> & { dataset: Dataset };

/** Which dialog is open over the table. */
type Asked =
  | { kind: 'row'; row: string | null }
  | { kind: 'column'; column: DatasetColumn | null }
  | { kind: 'collectors' }
  | null;

function OfDataset({ dataset, onBack, onImport }: OfDatasetProps) {
  const { organization } = usePlace();
  const [order, setOrder] = useState<Order | null>(null);
  const [conditions, setConditions] = useState<readonly Condition[]>([]);
  const [tool, setTool] = useState<'filter' | 'import' | null>(null);
  const [asked, setAsked] = useState<Asked>(null);
  const known = (name: string) => dataset.columns.some((column) => column.name === name);
  // A column that was renamed or deleted in the meantime neither sorts nor filters.
  const sorted = order && known(order.column) ? order : null;
  const filter = conditions.filter(({ column }) => known(column));
  const query = useInfiniteQuery(rowsQuery(dataset, sorted, filter.map(conditionText)));
  const rows = query.data?.pages.flatMap(({ items }) => items);
  const remove = useDeleteDataset(organization.id);
  const removeColumn = useDeleteColumn(dataset);
  const toggle = (next: 'filter' | 'import') => setTool(tool === next ? null : next);

  const askToDelete = () =>
    confirm({
      title: `Delete ${dataset.name}?`,
      body: `Its ${rowsInWords(dataset.row_count)} go with it. This cannot be undone.`,
      action: 'Delete dataset',
      run: () => void remove.mutateAsync(dataset.id).then(onBack, toastProblem),
    });
  const askToDeleteColumn = (column: DatasetColumn) =>
    confirm({
      title: `Delete the column ${column.name}?`,
      body: 'Its values in all rows go with it. This cannot be undone.',
      action: 'Delete column',
      run: () => void removeColumn.mutateAsync(column.id).catch(toastProblem),
    });
  const save = (format: 'csv' | 'json') => void saveRows(dataset, format).catch(toastProblem);
  const columnMenu = (column: DatasetColumn, anchor: Element) =>
    openMenu(column.name, anchor, [
      {
        kind: 'choice',
        label: 'Least first',
        chosen: sorted?.column === column.name && !sorted.desc,
        run: () => setOrder({ column: column.name, desc: false }),
      },
      {
        kind: 'choice',
        label: 'Greatest first',
        chosen: sorted?.column === column.name && sorted.desc,
        run: () => setOrder({ column: column.name, desc: true }),
      },
      {
        kind: 'choice',
        label: 'As they were added',
        chosen: sorted === null,
        run: () => setOrder(null),
      },
      { kind: 'line' },
      {
        kind: 'action',
        label: 'Change column…',
        icon: Columns3,
        run: () => setAsked({ kind: 'column', column }),
      },
      {
        kind: 'action',
        label: 'Delete column…',
        icon: Trash2,
        danger: true,
        run: () => askToDeleteColumn(column),
      },
    ]);
  const more = (anchor: Element) =>
    openMenu('This dataset', anchor, [
      {
        kind: 'action',
        label: 'Add column…',
        icon: Columns3,
        disabled: dataset.columns.length >= 64,
        run: () => setAsked({ kind: 'column', column: null }),
      },
      {
        kind: 'action',
        label: 'Rows from events…',
        icon: Radio,
        disabled: dataset.columns.length === 0,
        run: () => setAsked({ kind: 'collectors' }),
      },
      { kind: 'line' },
      { kind: 'action', label: 'Export as CSV', icon: Download, run: () => save('csv') },
      { kind: 'action', label: 'Export as JSON', icon: Download, run: () => save('json') },
      ...(atLeast(organization.role, 'admin')
        ? ([
            { kind: 'line' },
            {
              kind: 'action',
              label: 'Delete dataset…',
              icon: Trash2,
              danger: true,
              run: askToDelete,
            },
          ] as const)
        : []),
    ]);

  return (
    <div className="flex h-full flex-col">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 pt-3 pb-2 sm:px-4">
        <BackButton onBack={onBack} />
        <div className="min-w-0 flex-1 basis-40">
          <h2 dir="auto" className="truncate text-lg">
            {dataset.name}
          </h2>
          <p className="truncate text-sm text-muted">{rowsInWords(dataset.row_count)}</p>
        </div>
        <div className="flex gap-1">
          <Tool label="Filter" pressed={tool === 'filter'} onClick={() => toggle('filter')}>
            <Filter size={16} aria-hidden="true" />
          </Tool>
          <Tool label="Import" pressed={tool === 'import'} onClick={() => toggle('import')}>
            <FileUp size={16} aria-hidden="true" />
          </Tool>
          <button
            type="button"
            className="button button-quiet"
            aria-haspopup="menu"
            onClick={({ currentTarget }) => more(currentTarget)}
          >
            More
          </button>
          <button
            type="button"
            className="button button-primary"
            onClick={() => setAsked({ kind: 'row', row: null })}
          >
            <Plus size={16} aria-hidden="true" /> Row
          </button>
        </div>
      </header>
      {tool === 'import' && (
        <div className="px-3 pb-3 sm:px-4">
          <FileZone dataset={dataset.id} onBegun={onImport} />
        </div>
      )}
      {tool === 'filter' && (
        <div className="px-3 pb-3 sm:px-4">
          <FilterForm
            columns={dataset.columns}
            full={conditions.length >= 10}
            onAdd={(condition) => setConditions([...conditions, condition])}
          />
        </div>
      )}
      {filter.length > 0 && (
        <ul className="flex flex-wrap gap-1.5 px-3 pb-3 sm:px-4" aria-label="Conditions">
          {filter.map((condition) => (
            <li key={conditionText(condition)}>
              <button
                type="button"
                className="inline-flex min-h-8 items-center gap-1.5 rounded-full bg-accent-soft px-3 text-sm hover:bg-hover"
                aria-label={`Remove the condition ${conditionWords(condition)}`}
                onClick={() => setConditions(conditions.filter((one) => one !== condition))}
              >
                <span dir="auto">{conditionWords(condition)}</span>
                <X size={14} aria-hidden="true" className="text-muted" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="min-h-0 flex-1 border-t border-line">
        {dataset.columns.length === 0 ? (
          <Note
            icon={Columns3}
            title="No column yet"
            actions={
              <button
                type="button"
                className="button button-secondary"
                onClick={() => setAsked({ kind: 'column', column: null })}
              >
                Add a column
              </button>
            }
          >
            Rows need at least one.
          </Note>
        ) : query.error && !rows ? (
          <Failure error={query.error} retry={() => void query.refetch()} />
        ) : rows?.length === 0 ? (
          filter.length > 0 ? (
            <Note icon={Filter} title="No row fits">
              Remove a condition to see more.
            </Note>
          ) : (
            <Note icon={Rows3} title="No row yet">
              Add one, import a file, or send one through the API.
            </Note>
          )
        ) : (
          <Grid
            dataset={dataset}
            rows={rows}
            order={sorted}
            busy={query.isPlaceholderData}
            onColumn={columnMenu}
            onRow={(row) => setAsked({ kind: 'row', row })}
            more={
              query.hasNextPage
                ? { fetch: () => void query.fetchNextPage(), busy: query.isFetchingNextPage }
                : null
            }
          />
        )}
      </div>
      {asked?.kind === 'row' && (
        <RowDialog
          dataset={dataset}
          row={asked.row === null ? null : (rows?.find(({ id }) => id === asked.row) ?? null)}
          onClose={() => setAsked(null)}
        />
      )}
      {asked?.kind === 'collectors' && (
        <CollectorsDialog dataset={dataset} onClose={() => setAsked(null)} />
      )}
      {asked?.kind === 'column' && (
        <ColumnDialog dataset={dataset} column={asked.column} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}

type ToolProps = { label: string; pressed: boolean; onClick: () => void; children: ReactNode };

/** A button that shows and hides a part above the table. */
function Tool({ label, pressed, onClick, children }: ToolProps) {
  return (
    <button
      type="button"
      className={`button ${pressed ? 'button-secondary' : 'button-quiet'}`}
      aria-expanded={pressed}
      onClick={onClick}
    >
      {children}
      <span className="max-sm:sr-only">{label}</span>
    </button>
  );
}

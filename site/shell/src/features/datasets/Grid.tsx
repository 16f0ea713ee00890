/**
 * The table of rows. One cell takes the focus, arrows move it, Enter edits it (WAI-ARIA grid pattern);
 * a double click edits, too. Escape leaves a cell as it was.
 */
import { asProblem, type Dataset, type DatasetColumn, type DatasetRow } from '@prox/api-client';
import { ArrowDown, ArrowUp, Pencil } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { wordsFor } from '@/shared/api/words';
import { announce } from '@/shared/ui/announce';
import { toast } from '@/shared/ui/toasts';
import { useUpdateRow } from './data';
import { isNumber, type Order, rawText, rowsInWords, shownText, typedValue } from './view';

type Props = {
  dataset: Dataset;
  /** None while they are fetched. */
  rows: readonly DatasetRow[] | undefined;
  order: Order | null;
  /** Whether the rows are those of the order before. */
  busy: boolean;
  onColumn: (column: DatasetColumn, anchor: Element) => void;
  onRow: (row: string) => void;
  /** Fetches more rows. */
  more: { fetch: () => void; busy: boolean } | null;
};

/**
 * A cell by the numbers of its row and column, from 0. Column 0 is the row's button; row -1 has the names of the
 * columns.
 */
type Place = { row: number; column: number };

const MOVES: Record<string, (place: Place, columns: number) => Place> = {
  ArrowUp: ({ row, column }) => ({ row: row - 1, column }),
  ArrowDown: ({ row, column }) => ({ row: row + 1, column }),
  ArrowLeft: ({ row, column }) => ({ row, column: column - 1 }),
  ArrowRight: ({ row, column }) => ({ row, column: column + 1 }),
  Home: ({ row }) => ({ row, column: 0 }),
  End: ({ row }, columns) => ({ row, column: columns }),
  PageUp: ({ row, column }) => ({ row: row - 10, column }),
  PageDown: ({ row, column }) => ({ row: row + 10, column }),
};

export function Grid({ dataset, rows = [], order, busy, onColumn, onRow, more }: Props) {
  const [place, setPlace] = useState<Place>({ row: 0, column: 1 });
  const [editing, setEditing] = useState(false);
  const table = useRef<HTMLTableElement>(null);
  const update = useUpdateRow(dataset);
  const { columns } = dataset;

  const focus = ({ row, column }: Place) => {
    const to = {
      row: Math.min(Math.max(row, -1), rows.length - 1),
      column: Math.min(Math.max(column, row < 0 ? 1 : 0), columns.length),
    };
    setPlace(to);
    const cell = table.current?.querySelector<HTMLElement>(`[data-at="${to.row}.${to.column}"]`);
    cell?.focus();
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (editing || event.altKey || event.metaKey || event.ctrlKey) return;
    const move = MOVES[event.key];
    if (move) {
      event.preventDefault();
      return focus(move(place, columns.length));
    }
    if ((event.key === 'Enter' || event.key === 'F2') && place.column > 0 && place.row >= 0) {
      event.preventDefault();
      setEditing(true);
    }
  };
  const close = (next: Place) => {
    setEditing(false);
    // The cell takes the focus again once the field is gone.
    requestAnimationFrame(() => focus(next));
  };
  const save = async (row: DatasetRow, column: DatasetColumn, text: string) => {
    if (text === rawText(row.values[column.name])) return;
    try {
      await update.mutateAsync({ row: row.id, values: { [column.name]: typedValue(text) } });
      announce('Saved');
    } catch (error) {
      const { status } = asProblem(error);
      toast(
        'error',
        status === 422 ? `“${text}” does not fit the column ${column.name}.` : wordsFor(error),
      );
    }
  };
  const tab = (row: number, column: number) =>
    place.row === row && place.column === column ? 0 : -1;

  return (
    <div className="h-full overflow-auto" aria-busy={busy}>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrows move in it, and its cells are edited
        role="grid"
        aria-label={dataset.name}
        aria-rowcount={more ? -1 : rows.length + 1}
        className={`w-max min-w-full border-separate border-spacing-0 text-sm ${busy ? 'opacity-60' : ''}`}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th className="sticky top-0 z-2 w-10 border-b border-line bg-raised">
              <span className="sr-only">Edit</span>
            </th>
            {columns.map((column, at) => (
              <Heading
                key={column.id}
                column={column}
                order={order}
                at={`-1.${at + 1}`}
                tabIndex={tab(-1, at + 1)}
                onFocus={() => setPlace({ row: -1, column: at + 1 })}
                onColumn={onColumn}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            <tr key={row.id} aria-rowindex={n + 2} className="hover:bg-hover">
              <td className="border-b border-line px-1">
                <button
                  type="button"
                  data-at={`${n}.0`}
                  tabIndex={tab(n, 0)}
                  className="button button-quiet button-icon text-muted"
                  aria-label={`Edit row ${n + 1}`}
                  title="Edit row"
                  onFocus={() => setPlace({ row: n, column: 0 })}
                  onClick={() => onRow(row.id)}
                >
                  <Pencil size={14} aria-hidden="true" />
                </button>
              </td>
              {columns.map((column, at) =>
                editing && place.row === n && place.column === at + 1 ? (
                  <td key={column.id} className="border-b border-line p-0">
                    <Editor
                      column={column}
                      value={rawText(row.values[column.name])}
                      onSave={(text, next) => {
                        void save(row, column, text);
                        close({ row: n + next, column: at + 1 });
                      }}
                      onCancel={() => close({ row: n, column: at + 1 })}
                    />
                  </td>
                ) : (
                  <td
                    key={column.id}
                    data-at={`${n}.${at + 1}`}
                    tabIndex={tab(n, at + 1)}
                    dir="auto"
                    className={`max-w-80 truncate border-b border-line px-3 py-2 outline-offset-[-2px] ${isNumber(column.type) ? 'tabular text-right' : ''}`}
                    title={rawText(row.values[column.name])}
                    onFocus={() => setPlace({ row: n, column: at + 1 })}
                    onDoubleClick={() => setEditing(true)}
                  >
                    {shownText(row.values[column.name], column)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="sticky left-0 flex items-center justify-center gap-3 p-4 text-sm text-muted">
        {more ? (
          <>
            <span>
              {rows.length} of {rowsInWords(dataset.row_count)}
            </span>
            <button
              type="button"
              className="button button-secondary"
              disabled={more.busy}
              onClick={more.fetch}
            >
              {more.busy ? 'Loading' : 'Show more'}
            </button>
          </>
        ) : (
          rows.length > 0 && <span>{rowsInWords(rows.length)}</span>
        )}
      </div>
    </div>
  );
}

type HeadingProps = {
  column: DatasetColumn;
  order: Order | null;
  /** Where it is, as those of cells. */
  at: string;
  tabIndex: number;
  onFocus: () => void;
  onColumn: (column: DatasetColumn, anchor: Element) => void;
};

function Heading({ column, order, at, tabIndex, onFocus, onColumn }: HeadingProps) {
  const sorts = order?.column === column.name;
  const Arrow = order?.desc ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      aria-sort={sorts ? (order?.desc ? 'descending' : 'ascending') : 'none'}
      className="sticky top-0 z-1 max-w-80 border-b border-line bg-raised p-0 font-medium"
    >
      <button
        type="button"
        className={`flex min-h-10 w-full items-center gap-1.5 px-3 hover:bg-hover ${isNumber(column.type) ? 'justify-end' : ''}`}
        data-at={at}
        tabIndex={tabIndex}
        aria-haspopup="menu"
        title={column.notes || undefined}
        onFocus={onFocus}
        onClick={({ currentTarget }) => onColumn(column, currentTarget)}
      >
        <span dir="auto" className="truncate">
          {column.name}
        </span>
        {sorts && <Arrow size={14} aria-hidden="true" className="flex-none text-accent" />}
      </button>
    </th>
  );
}

type EditorProps = {
  column: DatasetColumn;
  value: string;
  /** `next`: 1 to go on in the row below. */
  onSave: (text: string, next: 0 | 1) => void;
  onCancel: () => void;
};

function Editor({ column, value, onSave, onCancel }: EditorProps) {
  const done = useRef(false);
  const finish = (act: () => void) => {
    if (done.current) return;
    done.current = true;
    act();
  };
  const label = `${column.name}, being edited`;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement | HTMLSelectElement>) => {
    const text = event.currentTarget.value;
    event.stopPropagation();
    if (event.key === 'Escape') finish(onCancel);
    else if (event.key === 'Enter') finish(() => onSave(text, 1));
    else if (event.key === 'Tab') finish(() => onSave(text, 0));
    else return;
    event.preventDefault();
  };
  const shared = {
    'aria-label': label,
    className: 'field min-w-40 rounded-none',
    defaultValue: value,
    onKeyDown,
    ref: (element: HTMLInputElement | HTMLSelectElement | null) => element?.focus(),
  };
  return column.type === 'boolean' ? (
    <select {...shared} onBlur={({ target }) => finish(() => onSave(target.value, 0))}>
      <option value=""> </option>
      <option>true</option>
      <option>false</option>
    </select>
  ) : (
    <input
      {...shared}
      dir="auto"
      autoComplete="off"
      onBlur={({ target }) => finish(() => onSave(target.value, 0))}
    />
  );
}

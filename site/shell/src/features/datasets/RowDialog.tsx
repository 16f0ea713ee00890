/** The dialog for one row: a new one, or all values of one that exists. */
import { asProblem, type Dataset, type DatasetColumn, type DatasetRow } from '@prox/api-client';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { confirm } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, Labelled } from '@/shared/ui/Field';
import { toastProblem } from '@/shared/ui/toasts';
import { useAddRow, useDeleteRow, useUpdateRow, type Values } from './data';
import { exampleOf, rawText, typedValue } from './view';

type Props = {
  dataset: Dataset;
  /** None: a new row. */
  row: DatasetRow | null;
  onClose: () => void;
};

export function RowDialog({ dataset, row, onClose }: Props) {
  const [texts, setTexts] = useState<Record<string, string>>({});
  const add = useAddRow(dataset);
  const update = useUpdateRow(dataset);
  const remove = useDeleteRow(dataset);
  const sent = row ? update : add;
  const save = async () => {
    const values: Values = {};
    for (const [name, text] of Object.entries(texts)) {
      if (!row || text !== rawText(row.values[name])) values[name] = typedValue(text);
    }
    try {
      if (!row) await add.mutateAsync(values);
      else if (Object.keys(values).length > 0) await update.mutateAsync({ row: row.id, values });
      onClose();
    } catch {
      // The form shows it.
    }
  };
  const ask = () =>
    confirm({
      title: 'Delete this row?',
      body: 'This cannot be undone.',
      action: 'Delete row',
      run: () => {
        onClose();
        if (row) void remove.mutateAsync(row.id).catch(toastProblem);
      },
    });
  const misfit = sent.error && asProblem(sent.error).status === 422;
  return (
    <Dialog title={row ? 'Row' : 'New row'} onClose={onClose}>
      <DialogForm
        action={row ? 'Save' : 'Add row'}
        busy="Saving"
        sent={sent}
        onSubmit={() => void save()}
        onClose={onClose}
        problem={
          misfit ? (
            <p role="alert" className="mt-4 rounded-control bg-danger-soft px-3 py-2">
              A value does not fit its column. The grey examples show how values are written.
            </p>
          ) : undefined
        }
        apart={
          row && (
            <button type="button" className="button button-quiet text-danger" onClick={ask}>
              <Trash2 size={16} aria-hidden="true" /> Delete
            </button>
          )
        }
      >
        <div className="flex flex-col gap-4">
          {dataset.columns.map((column) => (
            <ValueField
              key={column.id}
              column={column}
              value={texts[column.name] ?? rawText(row?.values[column.name])}
              onText={(text) => setTexts({ ...texts, [column.name]: text })}
            />
          ))}
        </div>
      </DialogForm>
    </Dialog>
  );
}

type FieldProps = { column: DatasetColumn; value: string; onText: (text: string) => void };

function ValueField({ column, value, onText }: FieldProps) {
  if (column.type === 'boolean') {
    return (
      <Labelled label={column.name} hint={column.notes}>
        {(wired) => (
          <select
            className="field"
            {...wired}
            value={value}
            onChange={(event) => onText(event.target.value)}
          >
            <option value="">None</option>
            <option>true</option>
            <option>false</option>
          </select>
        )}
      </Labelled>
    );
  }
  return (
    <Field
      label={column.name}
      hint={column.notes}
      autoComplete="off"
      placeholder={exampleOf(column.type)}
      value={value}
      onChange={(event) => onText(event.target.value)}
    />
  );
}

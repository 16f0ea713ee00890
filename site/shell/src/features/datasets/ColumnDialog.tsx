/** The dialog for a column: its name, its type with what would not fit, notes and how values are shown. */
import { asProblem, type ColumnType, type Dataset, type DatasetColumn } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CheckField } from '@/shared/ui/CheckField';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, Labelled, TextField } from '@/shared/ui/Field';
import { columnPreviewQuery, useCreateColumn, useUpdateColumn } from './data';
import { inWords, isNumber, TYPES, typeName } from './view';

type Props = {
  dataset: Dataset;
  /** None: a new column. */
  column: DatasetColumn | null;
  onClose: () => void;
};

export function ColumnDialog({ dataset, column, onClose }: Props) {
  const [name, setName] = useState(column?.name ?? '');
  const [type, setType] = useState<ColumnType>(column?.type ?? 'text');
  const [notes, setNotes] = useState(column?.notes ?? '');
  const [unit, setUnit] = useState(column?.format.unit ?? '');
  const [decimals, setDecimals] = useState(String(column?.format.decimals ?? ''));
  const [grouping, setGrouping] = useState(column?.format.grouping ?? false);
  const [clear, setClear] = useState(false);
  const create = useCreateColumn(dataset);
  const update = useUpdateColumn(dataset);
  const sent = column ? update : create;
  const problem = sent.error ? asProblem(sent.error) : null;
  const retypes = column !== null && type !== column.type;
  const preview = useQuery({
    ...columnPreviewQuery(dataset, column?.id ?? '', type),
    enabled: retypes,
  });
  const misfits = retypes ? (preview.data?.total ?? 0) : 0;
  const save = async () => {
    const format = isNumber(type)
      ? {
          grouping,
          ...(decimals !== '' && { decimals: Number(decimals) }),
          ...(unit.trim() !== '' && { unit: unit.trim() }),
        }
      : {};
    const body = { name, type, notes, format };
    try {
      if (!column) await create.mutateAsync(body);
      else {
        const change = misfits > 0 ? { ...body, clear_misfits: clear } : body;
        await update.mutateAsync({ column: column.id, body: change });
      }
      onClose();
    } catch {
      // The form shows it.
    }
  };
  return (
    <Dialog title={column ? `The column ${column.name}` : 'New column'} onClose={onClose}>
      <DialogForm
        action={column ? 'Save' : 'Add column'}
        busy="Saving"
        sent={sent}
        held={name.trim() === '' || (misfits > 0 && !clear) || (retypes && !preview.data)}
        fields={['name']}
        onSubmit={() => void save()}
        onClose={onClose}
      >
        <div className="flex flex-col gap-4">
          <Field
            label="Name"
            autoComplete="off"
            maxLength={120}
            value={name}
            error={
              problem?.field('name') ? 'Another column has this name. Choose another.' : undefined
            }
            onChange={(event) => setName(event.target.value)}
          />
          <Labelled label="Type">
            {(wired) => (
              <select
                className="field"
                {...wired}
                value={type}
                onChange={(event) => {
                  setType(event.target.value as ColumnType);
                  setClear(false);
                }}
              >
                {TYPES.map((one) => (
                  <option key={one.value} value={one.value}>
                    {one.label} ({one.detail})
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          {misfits > 0 && preview.data && (
            <div className="rounded-control bg-warn-soft px-3 py-2 text-sm" role="status">
              <p>
                {misfits === 1 ? 'One value does' : `${inWords(misfits)} values do`} not fit{' '}
                {typeName(type).toLowerCase()}:{' '}
                {preview.data.examples.map(({ text }) => `“${text}”`).join(', ')}
                {misfits > preview.data.examples.length ? ' and more' : ''}.
              </p>
              <CheckField className="mt-2" checked={clear} onChange={setClear}>
                Empty these cells. What was in them cannot be brought back.
              </CheckField>
            </div>
          )}
          {isNumber(type) && (
            <fieldset className="grid gap-4 sm:grid-cols-2">
              <legend className="sr-only">How numbers are shown</legend>
              <Field
                label="Digits after the point"
                optional
                inputMode="numeric"
                pattern="10|[0-9]"
                placeholder="As many as it has"
                autoComplete="off"
                value={decimals}
                onChange={(event) =>
                  setDecimals(event.target.value.replaceAll(/\D/g, '').slice(0, 2))
                }
              />
              <Field
                label="Unit"
                optional
                maxLength={12}
                placeholder="kg"
                autoComplete="off"
                value={unit}
                onChange={(event) => setUnit(event.target.value)}
              />
              <CheckField checked={grouping} onChange={setGrouping}>
                Group digits: 1,234,567
              </CheckField>
            </fieldset>
          )}
          <TextField
            label="Notes"
            optional
            rows={2}
            maxLength={500}
            hint="What the column means."
            value={notes}
            onChange={(event) => setNotes(event.target.value)}
          />
        </div>
      </DialogForm>
    </Dialog>
  );
}

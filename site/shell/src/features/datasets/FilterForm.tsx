/** The form that adds a condition on rows. */
import type { DatasetColumn } from '@prox/api-client';
import { type FormEvent, useId, useState } from 'react';
import { type Condition, exampleOf, type Operator, operatorsFor, takesValue } from './view';

type Props = {
  columns: readonly DatasetColumn[];
  /** Whether there are as many conditions as there may be. */
  full: boolean;
  onAdd: (condition: Condition) => void;
};

export function FilterForm({ columns, full, onAdd }: Props) {
  const id = useId();
  const [name, setName] = useState(columns[0]?.name ?? '');
  const [chosen, setChosen] = useState<Operator>('~');
  const [value, setValue] = useState('');
  const column = columns.find((one) => one.name === name) ?? columns[0];
  if (!column) return null;
  const operators = operatorsFor(column.type);
  const operator = operators.find((one) => one.value === chosen)?.value ?? operators[0]?.value;
  if (!operator) return null;
  const missing = takesValue(operator) && value.trim() === '';
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (missing || full) return;
    onAdd({ column: column.name, operator, value: takesValue(operator) ? value : '' });
    setValue('');
  };
  return (
    <form className="flex flex-wrap items-end gap-2" onSubmit={add}>
      <div className="min-w-32 flex-1">
        <label htmlFor={`${id}-column`} className="sr-only">
          Column
        </label>
        <select
          id={`${id}-column`}
          className="field"
          value={column.name}
          onChange={(event) => setName(event.target.value)}
        >
          {columns.map((one) => (
            <option key={one.id}>{one.name}</option>
          ))}
        </select>
      </div>
      <div className="min-w-32 flex-1">
        <label htmlFor={`${id}-operator`} className="sr-only">
          Condition
        </label>
        <select
          id={`${id}-operator`}
          className="field"
          value={operator}
          onChange={(event) => setChosen(event.target.value as Operator)}
        >
          {operators.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      </div>
      {takesValue(operator) && (
        <div className="min-w-40 flex-[2]">
          <label htmlFor={`${id}-value`} className="sr-only">
            Value
          </label>
          {column.type === 'boolean' ? (
            <select
              id={`${id}-value`}
              className="field"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            >
              <option value="">Choose</option>
              <option>true</option>
              <option>false</option>
            </select>
          ) : (
            <input
              id={`${id}-value`}
              dir="auto"
              className="field"
              autoComplete="off"
              maxLength={1000}
              placeholder={exampleOf(column.type)}
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </div>
      )}
      <button type="submit" className="button button-secondary" disabled={missing || full}>
        Add condition
      </button>
    </form>
  );
}

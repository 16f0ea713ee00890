/** What the window shows, and values as people read and write them. */
import type { ColumnType, DatasetColumn } from '@prox/api-client';

/** The list, one dataset, or a file on its way into one. */
export type View =
  | { part: 'list' }
  | { part: 'dataset'; id: string }
  | { part: 'import'; id: string };

/** The view that an address names after `datasets.`. */
export function viewNamed(row: string): View {
  if (/^dset_[0-9a-z]{26}$/.test(row)) return { part: 'dataset', id: row };
  if (/^imp_[0-9a-z]{26}$/.test(row)) return { part: 'import', id: row };
  return { part: 'list' };
}

/** The order of rows. */
export type Order = { column: string; desc: boolean };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '^' | 'empty' | 'filled';

/** A condition on rows. */
export type Condition = { column: string; operator: Operator; value: string };

const WORDS: Record<Operator, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is greater than',
  '>=': 'is at least',
  '~': 'contains',
  '^': 'begins with',
  empty: 'is empty',
  filled: 'is not empty',
};

const TIMES: readonly ColumnType[] = ['date', 'time', 'datetime', 'timestamp'];
const NUMBERS: readonly ColumnType[] = ['integer', 'numeric', 'number'];

export const isNumber = (type: ColumnType): boolean => NUMBERS.includes(type);

const COMPARED: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>=', 'empty', 'filled'];

const OFFERED: Partial<Record<ColumnType, readonly Operator[]>> = {
  text: ['~', '=', '!=', '^', 'empty', 'filled'],
  boolean: ['=', 'empty', 'filled'],
};

/** The operators for a type, in the order in which they are offered, with their words. */
export function operatorsFor(type: ColumnType): { value: Operator; label: string }[] {
  const words: Record<Operator, string> = TIMES.includes(type)
    ? { ...WORDS, '<': 'is before', '>': 'is after' }
    : WORDS;
  return (OFFERED[type] ?? COMPARED).map((value) => ({ value, label: words[value] }));
}

export const takesValue = (operator: Operator): boolean =>
  operator !== 'empty' && operator !== 'filled';

/** A text between double quotes, as orders and conditions have names and values. */
export const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** A condition as the API reads it. */
export function conditionText({ column, operator, value }: Condition): string {
  if (operator === 'empty') return `${quoted(column)}=`;
  if (operator === 'filled') return `${quoted(column)}!=`;
  return `${quoted(column)}${operator}${quoted(value)}`;
}

/** A condition as people read it. */
export const conditionWords = ({ column, operator, value }: Condition): string =>
  `${column} ${WORDS[operator]}${takesValue(operator) ? ` ${value}` : ''}`;

/** The types by the names that people read. */
export const TYPES: readonly { value: ColumnType; label: string; detail: string }[] = [
  { value: 'text', label: 'Text', detail: 'Anything' },
  { value: 'integer', label: 'Whole number', detail: '42' },
  { value: 'number', label: 'Number', detail: '3.5' },
  { value: 'numeric', label: 'Exact number', detail: '3.50, with all its digits' },
  { value: 'boolean', label: 'True or false', detail: 'true' },
  { value: 'date', label: 'Date', detail: '2024-05-01' },
  { value: 'time', label: 'Time of day', detail: '10:30:00' },
  { value: 'datetime', label: 'Date and time', detail: '2024-05-01T10:30:00' },
  { value: 'timestamp', label: 'Point in time', detail: '2024-05-01T10:30:00Z' },
];

export const typeName = (type: ColumnType): string =>
  TYPES.find(({ value }) => value === type)?.label ?? type;

/** An example of a type, for an empty field. */
export const exampleOf = (type: ColumnType): string =>
  type === 'text' ? '' : (TYPES.find(({ value }) => value === type)?.detail ?? '');

/** A value as a field has it. */
export const rawText = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value);

/** A value as a cell shows it: by its column's format, without rounding what the format does not. */
export function shownText(
  value: unknown,
  { type, format }: Pick<DatasetColumn, 'type' | 'format'>,
) {
  const raw = rawText(value);
  if (raw === '' || !isNumber(type)) return raw;
  const { decimals, grouping = false, unit } = format;
  const plain = /^-?\d+(\.\d+)?$/.test(raw);
  const digits =
    plain && (grouping || typeof decimals === 'number')
      ? new Intl.NumberFormat(undefined, {
          useGrouping: grouping,
          ...(typeof decimals === 'number'
            ? { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
            : { maximumFractionDigits: 100 }),
          // The digits as a text: a number would be rounded to a double first.
        }).format(raw as unknown as number)
      : raw;
  return unit ? `${digits} ${unit}` : digits;
}

/** What a field's text means in a row: null when it is empty. */
export const typedValue = (text: string): string | null => (text === '' ? null : text);

const count = new Intl.NumberFormat();

export const rowsInWords = (rows: number): string =>
  rows === 1 ? '1 row' : `${count.format(rows)} rows`;

export const inWords = (number: number): string => count.format(number);

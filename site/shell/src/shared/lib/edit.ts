/**
 * An edit of a record that others may change at the same time: a three-way merge, field by field.
 * Fields that only one side changed merge by themselves; a field that both changed is a conflict.
 */
export type Edit<F> = {
  /** What each edited field was when the person began to edit it. */
  readonly base: Partial<F>;
  /** What the person typed. */
  readonly mine: Partial<F>;
};

export type Conflict<F> = { field: keyof F; theirs: F[keyof F]; mine: F[keyof F] };

export const noEdit = <F>(): Edit<F> => ({ base: {}, mine: {} });

const without = <F>(record: Partial<F>, field: keyof F): Partial<F> => {
  const { [field]: _, ...rest } = record;
  return rest as Partial<F>;
};

const has = <F>(record: Partial<F>, field: keyof F): boolean => record[field] !== undefined;

/** The edit after the person set a field; back to what it was is no edit. */
export function typed<F>(current: F, edit: Edit<F>, field: keyof F, value: F[keyof F]): Edit<F> {
  const base = has(edit.base, field) ? (edit.base[field] as F[keyof F]) : current[field];
  return value === base && current[field] === base
    ? dropped(edit, field)
    : { base: { ...edit.base, [field]: base }, mine: { ...edit.mine, [field]: value } };
}

/** The edit without a field, which then shows what is saved. */
export const dropped = <F>(edit: Edit<F>, field: keyof F): Edit<F> => ({
  base: without(edit.base, field),
  mine: without(edit.mine, field),
});

/** What a form shows: what the person typed, and of everything else what is saved now. */
export const shown = <F extends object>(current: F, edit: Edit<F>): F => ({
  ...current,
  ...edit.mine,
});

/** What a save has to send. */
export function changes<F extends object>(current: F, edit: Edit<F>): Partial<F> {
  const fields = Object.keys(edit.mine) as (keyof F)[];
  return Object.fromEntries(
    fields
      .filter((field) => edit.mine[field] !== current[field])
      .map((field) => [field, edit.mine[field]]),
  ) as Partial<F>;
}

/** The fields that somebody else changed to something different since the person began. */
export function conflicts<F extends object>(current: F, edit: Edit<F>): Conflict<F>[] {
  return (Object.keys(changes(current, edit)) as (keyof F)[])
    .filter((field) => edit.base[field] !== current[field])
    .map((field) => ({
      field,
      theirs: current[field],
      mine: edit.mine[field] as F[keyof F],
    }));
}

/** The edit after the person decided that a field of theirs replaces the saved one. */
export const kept = <F>(current: F, edit: Edit<F>, field: keyof F): Edit<F> => ({
  ...edit,
  base: { ...edit.base, [field]: current[field] },
});

/** Drafts of forms as React state: restored when a form opens again, forgotten when it was sent. */

import { useState } from 'react';
import * as v from 'valibot';
import { drafts } from '@/shared/lib/drafts';
import * as edits from '@/shared/lib/edit';
import { knownPerson } from './client';

/** What dialogs need of a draft. */
export type DraftState = {
  /** Whether there is anything that a person typed. */
  dirty: boolean;
  /** Whether it was typed before this form was opened. */
  restored: boolean;
  /** Forgets it, also after the form is gone. */
  discard: () => void;
};

const person = () => knownPerson() ?? '';

function useStored<T>(
  key: string,
  schema: v.GenericSchema<unknown, T>,
  empty: T,
  isDirty: (value: T) => boolean,
) {
  const [owner] = useState(person);
  const [first] = useState(() => readDraft(owner, key, schema));
  const [value, setValue] = useState(first ?? empty);
  const [restored, setRestored] = useState(first !== null && isDirty(first));
  const set = (next: T) => {
    setValue(next);
    if (isDirty(next)) drafts.keep(owner, key, JSON.stringify(next));
    else drafts.forget(owner, key);
  };
  const discard = () => {
    drafts.forget(owner, key);
    setValue(empty);
    setRestored(false);
  };
  return { value, set, state: { dirty: isDirty(value), restored, discard } };
}

function readDraft<T>(owner: string, key: string, schema: v.GenericSchema<unknown, T>): T | null {
  try {
    const found = v.safeParse(schema, JSON.parse(drafts.read(owner, key) ?? 'null'));
    return found.success ? found.output : null;
  } catch {
    return null;
  }
}

const texts = v.record(v.string(), v.string());

export type TextDraft<K extends string> = DraftState & {
  /** Only what was typed or chosen. */
  texts: Partial<Record<K, string>>;
  /** `undefined` makes a text one that was never typed. */
  set: (change: { readonly [Name in K]?: string | undefined }) => void;
};

/**
 * The texts of a form that makes something new. `seed` is where it starts from when there is no
 * draft; `choices` names the values that are not worth keeping alone.
 */
export function useTextDraft<K extends string>(
  key: string,
  { seed = {}, choices = [] }: { seed?: Partial<Record<K, string>>; choices?: readonly K[] } = {},
): TextDraft<K> {
  const isDirty = (value: Record<string, string>) =>
    Object.entries(value).some(
      ([name, text]) =>
        text.trim() !== '' && text !== seed[name as K] && !choices.includes(name as K),
    );
  const { value, set, state } = useStored<Record<string, string>>(
    key,
    texts,
    seed as Record<string, string>,
    isDirty,
  );
  return {
    ...state,
    texts: value as Partial<Record<K, string>>,
    set: (change) => {
      const next: Record<string, string> = {};
      for (const [name, text] of Object.entries<string | undefined>({ ...value, ...change })) {
        if (text !== undefined) next[name] = text;
      }
      set(next);
    },
  };
}

const edit = v.object({ base: texts, mine: texts });

export type EditDraft<F> = DraftState & {
  /** What the form shows. */
  shown: F;
  set: (change: Partial<F>) => void;
  /** What a save has to send, given what is saved now. */
  changes: (current: F) => Partial<F>;
  conflicts: (current: F) => edits.Conflict<F>[];
  takeTheirs: (field: keyof F) => void;
  keepMine: (field: keyof F) => void;
};

/** The changes to something that others may change as well; `current` is what is saved now. */
export function useEditDraft<F extends { [field: string]: string }>(
  key: string,
  current: F,
): EditDraft<F> {
  const { value, set, state } = useStored<edits.Edit<F>>(
    key,
    edit as unknown as v.GenericSchema<unknown, edits.Edit<F>>,
    edits.noEdit<F>(),
    ({ mine }) => Object.keys(mine).length > 0,
  );
  return {
    ...state,
    shown: edits.shown(current, value),
    set: (change) => {
      const fields = Object.keys(change) as (keyof F)[];
      set(
        fields.reduce(
          (next, field) => edits.typed(current, next, field, change[field] as F[keyof F]),
          value,
        ),
      );
    },
    changes: (now) => edits.changes(now, value),
    conflicts: (now) => edits.conflicts(now, value),
    takeTheirs: (field) => set(edits.dropped(value, field)),
    keepMine: (field) => set(edits.kept(current, value, field)),
  };
}

/** What a person typed into an edit of something that is gone, by field. */
export function typedInto(key: string): Record<string, string> {
  return readDraft(person(), key, edit)?.mine ?? {};
}

export const forgetDraft = (key: string): void => drafts.forget(person(), key);

/** Forgets everything that the person who signs out typed and did not send. */
export const forgetDrafts = (): void => drafts.forgetAll(person());

/** The form of a dialog: its fields, what is wrong with all of them, and the buttons. */
import { type ReactNode, useEffect, useRef } from 'react';
import type { DraftState } from '@/shared/data/draft';
import { confirm } from './confirm';
import { DialogActions, DialogBody } from './Dialog';
import { DraftNotice } from './DraftNotice';
import { FormProblem } from './States';

type Props = {
  /** The main button's label, and the one while it is busy. */
  action: string;
  busy?: string;
  /** The last submission: its error, and whether it still runs. */
  sent: { error: unknown; isPending: boolean };
  onSubmit: () => void;
  onClose: () => void;
  /** What is lost when the form is given up. */
  draft?: DraftState;
  /** Whether the action cannot be undone. */
  danger?: boolean;
  /** Disables the main button although nothing runs. */
  held?: boolean;
  /** The fields of the body that show their own errors. */
  fields?: readonly string[];
  /** Shown instead of the error of `sent`; null for nothing. */
  problem?: ReactNode;
  /** A button that is set apart from the others. */
  apart?: ReactNode;
  children: ReactNode;
};

export function DialogForm({
  action,
  busy = action,
  sent: { error, isPending },
  onSubmit,
  onClose,
  draft,
  danger = false,
  held = false,
  fields,
  problem,
  apart,
  children,
}: Props) {
  const keepFocus = useFocusAfter(isPending);
  const giveUp = () => {
    draft?.discard();
    onClose();
  };
  const cancel = () =>
    draft?.dirty
      ? confirm({
          title: 'Discard what you typed?',
          body: 'To keep it for later, close the dialog instead.',
          action: 'Discard',
          run: giveUp,
        })
      : giveUp();
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isPending || held) return;
        keepFocus();
        onSubmit();
      }}
    >
      <DialogBody>
        {draft && <DraftNotice draft={draft} />}
        {/* What is typed after it was sent would be lost. */}
        <fieldset disabled={isPending} className="flex min-w-0 flex-col gap-4">
          {children}
        </fieldset>
        {problem === undefined ? <FormProblem error={error} fields={fields} /> : problem}
      </DialogBody>
      <DialogActions>
        {apart && <div className="mr-auto">{apart}</div>}
        <button type="button" className="button button-quiet" onClick={cancel}>
          Cancel
        </button>
        <button
          type="submit"
          className={`button ${danger ? 'button-danger' : 'button-primary'}`}
          disabled={isPending || held}
        >
          {isPending ? busy : action}
        </button>
      </DialogActions>
    </form>
  );
}

/** Disabled fields lose the focus: it is given back when the form can be used again. */
function useFocusAfter(disabled: boolean): () => void {
  const last = useRef<Element | null>(null);
  useEffect(() => {
    const element = last.current;
    if (disabled || !(element instanceof HTMLElement)) return;
    last.current = null;
    // A field with an error of its own takes the focus by itself.
    if (element.closest('form')?.querySelector('[aria-invalid="true"]')) return;
    element.focus();
  }, [disabled]);
  return () => {
    last.current = document.activeElement;
  };
}

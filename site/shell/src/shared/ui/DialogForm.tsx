/** The form of a dialog: its fields, what is wrong with all of them, and the buttons. */
import type { ReactNode } from 'react';
import { DialogActions, DialogBody } from './Dialog';
import { FormProblem } from './States';

type Props = {
  /** The main button's words, and those while it is at work. */
  action: string;
  busy?: string;
  /** What was sent last, and how it went. */
  sent: { error: unknown; isPending: boolean };
  onSubmit: () => void;
  onClose: () => void;
  /** Whether what it does cannot be taken back. */
  danger?: boolean;
  /** Whether the main button suspended although nothing is on its way. */
  held?: boolean;
  /** Shown instead of the problem of `sent`; null for nothing. */
  problem?: ReactNode;
  /** A button that stands apart from the others. */
  apart?: ReactNode;
  children: ReactNode;
};

export function DialogForm({
  action,
  busy = action,
  sent: { error, isPending },
  onSubmit,
  onClose,
  danger = false,
  held = false,
  problem,
  apart,
  children,
}: Props) {
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending && !held) onSubmit();
      }}
    >
      <DialogBody>
        <div className="flex flex-col gap-4">{children}</div>
        {problem === undefined ? <FormProblem error={error} /> : problem}
      </DialogBody>
      <DialogActions>
        {apart && <div className="mr-auto">{apart}</div>}
        <button type="button" className="button button-quiet" onClick={onClose}>
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

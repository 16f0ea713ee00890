/** A form of one field, with its button beside it; errors are below both. */

import { asProblem } from '@prox/api-client';
import type { InputHTMLAttributes, ReactNode } from 'react';
import { Labelled } from './Field';
import { FormProblem } from './States';

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'onSubmit' | 'value'> & {
  label: string;
  hint?: ReactNode;
  /** The field's name in the body that is sent. */
  path: string;
  value: string;
  onText: (text: string) => void;
  /** What was sent last, and how it went. */
  sent: { error: unknown; isPending: boolean };
  /** The button's words. */
  action: string;
  /** Whether there is anything to save besides the text. */
  ready?: boolean;
  /** Whether the button is the main thing to do in this view. */
  primary?: boolean;
  /** Rendered between the field and the button. */
  beside?: ReactNode;
  /** Gets the text without the spaces around it; never an empty one. */
  onSubmit: (text: string) => void;
};

export function LineForm({
  label,
  hint,
  path,
  value,
  onText,
  sent: { error, isPending },
  action,
  ready = true,
  primary = false,
  beside,
  onSubmit,
  ...input
}: Props) {
  const text = value.trim();
  const refused = error ? asProblem(error).field(path) : undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending && ready && text !== '') onSubmit(text);
      }}
    >
      <Labelled label={label} hint={hint} error={refused}>
        {(wired) => (
          <div className="flex flex-wrap gap-2">
            <input
              className="field min-w-0 !w-auto flex-1 basis-40"
              {...wired}
              {...input}
              value={value}
              onChange={(event) => onText(event.target.value)}
            />
            {beside}
            <button
              type="submit"
              className={`button ${primary ? 'button-primary' : 'button-secondary'}`}
              disabled={isPending || !ready || text === ''}
            >
              {action}
            </button>
          </div>
        )}
      </Labelled>
      <FormProblem error={error} fields={[path]} />
    </form>
  );
}

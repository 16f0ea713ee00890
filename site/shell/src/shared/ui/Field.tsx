/** A labelled input with its hint and its error, wired for screen readers. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useEffect,
  useId,
} from 'react';
import { sentence } from '@/shared/api/words';

type Words = {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean | undefined;
};

/** The attributes that the input must have. */
type Wired = {
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
};

/** A label above and a hint or error below; the caller renders the input between them. */
export function Labelled({
  label,
  hint,
  error,
  optional,
  children,
}: Words & { children: (wired: Wired) => ReactNode }) {
  const id = useId();
  useRefusal(id, error);
  const below = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 flex items-baseline justify-between gap-2 font-medium">
        {label}
        {optional && <span className="text-xs font-normal text-muted">optional</span>}
      </label>
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': below })}
      {below && (
        <p id={below} className={`mt-1.5 text-sm ${error ? 'text-danger' : 'text-muted'}`}>
          {error ? sentence(label, error) : hint}
        </p>
      )}
    </div>
  );
}

/** The first field with an error takes the focus, so that screen readers read the error aloud. */
function useRefusal(id: string, error: string | undefined): void {
  useEffect(() => {
    const field = document.getElementById(id);
    const form = field?.closest('form');
    if (error && field && form?.querySelector('[aria-invalid="true"]') === field) field.focus();
  }, [id, error]);
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };

export function Field({
  label,
  hint,
  error,
  optional,
  className = '',
  ...input
}: Words & InputProps) {
  return (
    <Labelled {...{ label, hint, error, optional }}>
      {(wired) => <input dir="auto" className={`field ${className}`} {...wired} {...input} />}
    </Labelled>
  );
}

/** The same for several lines. */
export function TextField({
  label,
  hint,
  error,
  optional,
  className = '',
  ...input
}: Words & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled {...{ label, hint, error, optional }}>
      {(wired) => <textarea dir="auto" className={`field ${className}`} {...wired} {...input} />}
    </Labelled>
  );
}

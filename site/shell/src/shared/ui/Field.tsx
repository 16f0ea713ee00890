/** A labelled input with its hint and its error, wired for screen readers. */
import {
  type InputHTMLAttributes,
  type Ref,
  type TextareaHTMLAttributes,
  useEffect,
  useId,
} from 'react';

type Common = {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  optional?: boolean;
};

function Frame({
  id,
  label,
  hint,
  error,
  optional,
  children,
}: Common & { id: string; children: React.ReactNode }) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 flex items-baseline justify-between gap-2 font-medium">
        {label}
        {optional && <span className="text-xs font-normal text-muted">optional</span>}
      </label>
      {children}
      {hint && !error && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1.5 text-sm text-danger">
          {/* The server's words follow the name of the field. */}
          {/^\p{Ll}/u.test(error) ? `${label} ${error}.` : error}
        </p>
      )}
    </div>
  );
}

/** The first field that was refused takes the focus, which also reads its error aloud. */
function useRefusal(id: string, error: string | undefined): void {
  useEffect(() => {
    const field = document.getElementById(id);
    const form = field?.closest('form');
    if (error && field && form?.querySelector('[aria-invalid="true"]') === field) field.focus();
  }, [id, error]);
}

const described = (id: string, { hint, error }: Common) =>
  error ? `${id}-error` : hint ? `${id}-hint` : undefined;

type InputProps = Common & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> };

export function Field({
  label,
  hint,
  error,
  optional = false,
  className = '',
  ...input
}: InputProps) {
  const id = useId();
  const common = { label, hint, error, optional };
  useRefusal(id, error);
  return (
    <Frame id={id} {...common}>
      <input
        id={id}
        className={`field ${className}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, common)}
        {...input}
      />
    </Frame>
  );
}

export function TextField({
  label,
  hint,
  error,
  optional = false,
  className = '',
  ...input
}: Common & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  const common = { label, hint, error, optional };
  useRefusal(id, error);
  return (
    <Frame id={id} {...common}>
      <textarea
        id={id}
        className={`field ${className}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, common)}
        {...input}
      />
    </Frame>
  );
}

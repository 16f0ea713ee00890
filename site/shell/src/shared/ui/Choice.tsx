/** A few alternatives side by side: radio buttons, so arrows and screen readers work by themselves. */
import { type ReactNode, useId } from 'react';

type Option<T extends string> = { value: T; label: string; icon?: ReactNode; disabled?: boolean };

type Props<T extends string> = {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
  /** Shows the label only to screen readers. */
  quiet?: boolean;
};

export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
  quiet = false,
}: Props<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend className={quiet ? 'sr-only' : 'mb-1.5 font-medium'}>{label}</legend>
      <div className="inline-flex max-w-full flex-wrap gap-0.5 rounded-[8px] bg-sunken p-0.5 shadow-[inset_0_0_0_1px_var(--line)]">
        {options.map((option) => (
          <label
            key={option.value}
            className="relative flex min-h-[calc(var(--control-height)-4px)] items-center gap-2 rounded-control px-3 text-muted max-[429px]:gap-1.5 max-[429px]:px-2 max-[379px]:[&>svg]:hidden select-none hover:text-text has-checked:bg-chosen has-checked:text-on-chosen has-checked:shadow-[inset_0_0_0_1px_var(--line-strong)] forced-colors:has-checked:bg-[SelectedItem] forced-colors:has-checked:text-[SelectedItemText] forced-colors:has-checked:forced-color-adjust-none has-disabled:opacity-50 has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            {option.icon}
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

type RowOption<T extends string> = Option<T> & { detail: string };

/** The same with a line of explanation for each. */
export function ChoiceRows<T extends string>({
  label,
  value,
  options,
  onChange,
  quiet = false,
}: Omit<Props<T>, 'options'> & { options: readonly RowOption<T>[] }) {
  const name = useId();
  return (
    <fieldset>
      <legend className={quiet ? 'sr-only' : 'mb-1.5 font-medium'}>{label}</legend>
      <div className="divide-y divide-line rounded-card shadow-[inset_0_0_0_1px_var(--line)]">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex items-start gap-3 px-4 py-3 has-checked:bg-hover has-disabled:opacity-55 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent first:rounded-t-card last:rounded-b-card"
          >
            <input
              type="radio"
              className="mt-[3px] size-[14px] flex-none outline-none"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            <span className="min-w-0">
              <span className="flex items-center gap-2 font-medium">
                {option.icon}
                {option.label}
              </span>
              <span className="block text-sm text-muted">{option.detail}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

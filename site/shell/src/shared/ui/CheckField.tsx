/** A checkbox with its words beside it. */
import { type ReactNode, useId } from 'react';

type Props = {
  checked: boolean;
  onChange: (checked: boolean) => void;
  className?: string;
  children: ReactNode;
};

export function CheckField({ checked, onChange, className = '', children }: Props) {
  const id = useId();
  return (
    <label htmlFor={id} className={`flex items-start gap-2.5 ${className}`}>
      <input
        id={id}
        type="checkbox"
        className="mt-[3px] size-[16px] flex-none"
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

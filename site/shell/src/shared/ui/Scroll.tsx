/** A part that scrolls, by pointer and, because it takes the focus, by keyboard. */
import type { ReactNode } from 'react';

type Props = { label: string; className?: string; children: ReactNode };

export function Scroll({ label, className = '', children }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, and a section is a landmark
    <div
      role="group"
      aria-label={label}
      // Without the focus, arrow keys would not reach it (WCAG 2.1.1).
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      className={`overflow-auto outline-offset-[-2px] ${className}`}
    >
      {children}
    </div>
  );
}

/** A part that scrolls, by pointer and, because it takes the focus, by keyboard. */
import type { ReactNode } from 'react';

type Props = { label: string; className?: string; children: ReactNode };

export function Scroll({ label, className = '', children }: Props) {
  return (
    <section
      aria-label={label}
      // Without the focus, arrow keys would not reach it (WCAG 2.1.1).
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      className={`overflow-auto outline-offset-[-2px] ${className}`}
    >
      {children}
    </section>
  );
}

/** The inside of a system app's window: one column that scrolls, with sections. */
import type { ReactNode } from 'react';

export function Panel({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a text scrolls by keyboard only with the focus
    <div className="h-full overflow-y-auto outline-offset-[-2px]" tabIndex={0} role="group" aria-label="Content">
      <div className="mx-auto max-w-[720px] px-5 pt-4 pb-8 sm:px-6">{children}</div>
    </div>
  );
}

type SectionProps = { title: string; description?: ReactNode; children: ReactNode };

export function PanelSection({ title, description, children }: SectionProps) {
  return (
    <section className="mt-8 first:mt-2">
      <h3 className="text-lg">{title}</h3>
      {description && <p className="mt-0.5 mb-3 max-w-[62ch] text-sm text-muted">{description}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}

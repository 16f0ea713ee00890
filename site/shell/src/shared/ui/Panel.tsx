/** The inside of a system app's window: one column that scrolls, with sections. */
import type { ReactNode } from 'react';
import { Scroll } from './Scroll';

export function Panel({ children }: { children: ReactNode }) {
  return (
    <Scroll label="Content" className="h-full">
      <div className="mx-auto max-w-[720px] px-5 pt-4 pb-8 sm:px-6">{children}</div>
    </Scroll>
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

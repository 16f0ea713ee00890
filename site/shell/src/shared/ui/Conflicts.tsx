/** Fields that somebody else changed in the meantime: both values of each, and a choice. */
import type { EditDraft } from '@/shared/data/draft';
import type { Conflict } from '@/shared/lib/edit';

/** It appears below the fields, where a dialog may have to be scrolled. */
const showWhole = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });

type Props<F extends { [field: string]: string }> = {
  conflicts: readonly Conflict<F>[];
  labels: Record<keyof F, string>;
  draft: Pick<EditDraft<F>, 'takeTheirs' | 'keepMine'>;
};

export function Conflicts<F extends { [field: string]: string }>({
  conflicts,
  labels,
  draft,
}: Props<F>) {
  return (
    <div ref={showWhole} role="alert" className="mt-4 rounded-card bg-warn-soft p-4">
      <p className="font-medium">Someone else changed this while you were typing.</p>
      {conflicts.map(({ field, theirs, mine }) => (
        <div key={String(field)} className="mt-3">
          <p className="text-sm font-medium">{labels[field]}</p>
          <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-sm">
            <Value label="Theirs" text={theirs} />
            <Value label="Yours" text={mine} />
          </dl>
          <div className="mt-2 flex flex-wrap gap-2">
            <button
              type="button"
              className="button button-secondary"
              onClick={() => draft.takeTheirs(field)}
            >
              Use theirs
            </button>
            <button
              type="button"
              className="button button-secondary"
              onClick={() => draft.keepMine(field)}
            >
              Use mine
            </button>
          </div>
        </div>
      ))}
    </div>
  );
}

const Value = ({ label, text }: { label: string; text: string }) => (
  <>
    <dt className="text-muted">{label}</dt>
    <dd dir="auto" className="line-clamp-4 min-w-0 whitespace-pre-line [overflow-wrap:anywhere]">
      {text || 'Empty'}
    </dd>
  </>
);

/** A notice in a form that a draft was restored, with a button to start over. */
import type { DraftState } from '@/shared/data/draft';

export function DraftNotice({ draft: { dirty, restored, discard } }: { draft: DraftState }) {
  if (!restored || !dirty) return null;
  return (
    <p
      role="status"
      className="mb-4 flex flex-wrap items-center gap-x-2 rounded-control bg-sunken py-1 pr-1 pl-3 text-sm"
    >
      <span className="min-w-0 flex-1">This is what you typed before.</span>
      <button type="button" className="button button-quiet" onClick={discard}>
        Start over
      </button>
    </p>
  );
}

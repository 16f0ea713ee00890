/** The third step: who sees the home. */

import type { Organization, Space, Visibility } from '@prox/api-client';
import { useState } from 'react';
import { publicPath } from '@/shared/lib/paths';
import { LivePage } from '@/shared/publish/LivePage';
import { usePublish } from '@/shared/publish/usePublish';
import { ChoiceRows } from '@/shared/ui/Choice';
import { FormProblem } from '@/shared/ui/States';

const OPTIONS = [
  { value: 'public', label: 'Public', detail: 'Everybody, and search engines.' },
  {
    value: 'unlisted',
    label: 'Unlisted',
    detail: 'Everybody with the address. Search engines leave it out.',
  },
  { value: 'private', label: 'Private', detail: 'Only you, for now.' },
] as const;

/** The button that was pressed is gone: the next thing to do takes the focus. */
const focusNow = (button: HTMLButtonElement | null) => button?.focus();

type Props = { organization: Organization; space: Space; onDone: () => void };

export function Show({ organization, space, onDone }: Props) {
  const [chosen, setChosen] = useState<Visibility>('public');
  const set = usePublish(space);
  const address = `${location.origin}${publicPath(organization, space)}`;
  // Also after a reload: what is saved says whether it is published.
  if (space.visibility !== 'private') {
    return (
      <div>
        <p className="mb-4 text-lg font-semibold" role="status">
          Your page is live.
        </p>
        <LivePage organization={organization} space={space} />
        <button
          ref={focusNow}
          type="button"
          className="button button-primary mt-8"
          onClick={onDone}
        >
          Go to my home
        </button>
      </div>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen === 'private') onDone();
        else void set.publish(chosen);
      }}
    >
      <ChoiceRows
        label="Who sees your home"
        quiet
        value={chosen}
        options={OPTIONS}
        onChange={setChosen}
      />
      <p className="mt-3 text-sm text-muted">
        Its address: <span className="font-mono [overflow-wrap:anywhere]">{address}</span>
      </p>
      <FormProblem error={set.error} />
      <div className="mt-8 flex items-center gap-2">
        <button type="submit" className="button button-primary" disabled={set.isPending}>
          {chosen === 'private' ? 'Go to my home' : 'Publish'}
        </button>
        {chosen !== 'private' && (
          <button type="button" className="button button-quiet text-muted" onClick={onDone}>
            Skip
          </button>
        )}
      </div>
    </form>
  );
}

/** The first step: makes the home. */

import { asProblem, type Me, type Organization } from '@prox/api-client';
import type { FormEvent } from 'react';
import { queryClient } from '@/shared/data/client';
import { useTextDraft } from '@/shared/data/draft';
import { keys } from '@/shared/data/keys';
import { HOME, useCreateSpace } from '@/shared/data/spaces';
import { FormProblem } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { TitleFields } from '@/shared/ui/WordFields';

const ABOUT = { label: 'One line about it', placeholder: 'What you make, what you care about' };

type Props = { me: Me; organization: Organization };

export function NameHome({ me, organization }: Props) {
  const suggested = organization.personal ? me.name || me.handle : organization.name;
  const draft = useTextDraft<'title' | 'description'>(`name-home:${organization.id}`, {
    seed: { title: suggested },
  });
  const create = useCreateSpace(organization.id);
  const submission = useSubmission();
  const words = { title: draft.texts.title ?? '', description: draft.texts.description ?? '' };
  const make = (words: { title: string; description: string }) =>
    submission.run(async () => {
      try {
        await create.mutateAsync({ ...words, slug: HOME });
        draft.discard();
      } catch (error) {
        if (asProblem(error).code !== 'slug_taken') throw error;
        // It was made in another tab: the next step follows as soon as it is known here.
        await queryClient.invalidateQueries({ queryKey: keys.spaces(organization.id) });
      }
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make(words);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <TitleFields words={words} error={create.error} onWords={draft.set} about={ABOUT} />
      <FormProblem error={create.error} fields={['title', 'description']} />
      <div className="mt-3 flex items-center gap-2">
        <button type="submit" className="button button-primary" disabled={submission.busy}>
          Make my home
        </button>
        <button
          type="button"
          className="button button-quiet text-muted"
          disabled={submission.busy}
          onClick={() => make({ title: suggested, description: '' })}
        >
          Skip
        </button>
      </div>
    </form>
  );
}

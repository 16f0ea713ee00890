/** The first step: makes the home. */
import { type FormEvent, useState } from 'react';
import type { Me, Organization, Space } from '@/shared/api/types';
import { HOME, useCreateSpace } from '@/shared/data/spaces';
import { FormProblem } from '@/shared/ui/States';
import { TitleFields, type Words } from '@/shared/ui/WordFields';

const ABOUT = { label: 'One line about it', placeholder: 'What you make, what you care about' };

type Props = { me: Me; organization: Organization; onMade: (space: Space) => void };

export function NameHome({ me, organization, onMade }: Props) {
  const suggested = organization.personal ? me.name || me.handle : organization.name;
  const [words, setWords] = useState<Words>({ title: suggested, description: '' });
  const create = useCreateSpace(organization.id);
  const make = (words: Words) => create.mutate({ ...words, slug: HOME }, { onSuccess: onMade });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make(words);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <TitleFields words={words} error={create.error} onWords={setWords} about={ABOUT} />
      <FormProblem error={create.error} />
      <div className="mt-3 flex items-center gap-2">
        <button type="submit" className="button button-primary" disabled={create.isPending}>
          Make my home
        </button>
        <button
          type="button"
          className="button button-quiet text-muted"
          disabled={create.isPending}
          onClick={() => make({ title: suggested, description: '' })}
        >
          Skip
        </button>
      </div>
    </form>
  );
}

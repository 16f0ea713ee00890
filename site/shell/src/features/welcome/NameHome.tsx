/** The first step: makes the home. */
import { type FormEvent, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { Me, Organization, Space } from '@/shared/api/types';
import { HOME, useCreateSpace } from '@/shared/data/spaces';
import { Field } from '@/shared/ui/Field';
import { FormProblem } from '@/shared/ui/States';

type Props = { me: Me; organization: Organization; onMade: (space: Space) => void };

export function NameHome({ me, organization, onMade }: Props) {
  const suggested = organization.personal ? me.name || me.handle : organization.name;
  const [title, setTitle] = useState(suggested);
  const [description, setDescription] = useState('');
  const create = useCreateSpace(organization.id);
  const problem = create.error ? asProblem(create.error) : null;
  const make = (words: { title: string; description: string }) =>
    create.mutate({ ...words, slug: HOME }, { onSuccess: onMade });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make({ title, description });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <Field
        label="Title"
        value={title}
        maxLength={120}
        autoFocus
        error={problem?.field('title')}
        onChange={(event) => setTitle(event.target.value)}
      />
      <Field
        label="One line about it"
        optional
        placeholder="What you make, what you care about"
        value={description}
        maxLength={500}
        error={problem?.field('description')}
        onChange={(event) => setDescription(event.target.value)}
      />
      {problem && problem.errors.length === 0 && <FormProblem error={problem} />}
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

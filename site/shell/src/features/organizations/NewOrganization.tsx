/** The dialog that makes an organization. */
import { type FormEvent, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { Organization } from '@/shared/api/types';
import { useCreateOrganization } from '@/shared/data/organizations';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { FormProblem } from '@/shared/ui/States';

type Props = { onClose: () => void; onMade: (organization: Organization) => void };

/** What the server would make of the name, for the hint. */
const slugOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);

export default function NewOrganization({ onClose, onMade }: Props) {
  const [name, setName] = useState('');
  const [slug, setSlug] = useState<string | null>(null);
  const create = useCreateOrganization();
  const problem = create.error ? asProblem(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, slug: slug || null }, { onSuccess: onMade });
  };
  return (
    <Dialog
      title="New organization"
      description="A home for a team: its own spaces, people and events."
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate>
        <DialogBody>
          <div className="flex flex-col gap-4">
            <Field
              label="Name"
              value={name}
              maxLength={80}
              autoFocus
              error={problem?.field('name')}
              onChange={(event) => setName(event.target.value)}
            />
            <Field
              label="Handle"
              className="font-mono"
              hint={`Its page will be at /@${slug || slugOf(name) || 'name'}`}
              autoCapitalize="none"
              spellCheck={false}
              maxLength={40}
              value={slug ?? slugOf(name)}
              error={
                problem?.field('slug') ??
                (problem?.code === 'slug_taken' ? problem.message : undefined)
              }
              onChange={(event) => setSlug(event.target.value)}
            />
          </div>
          {problem?.code !== 'slug_taken' && <FormProblem error={create.error} />}
        </DialogBody>
        <DialogActions>
          <button type="button" className="button button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={create.isPending}>
            Make organization
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

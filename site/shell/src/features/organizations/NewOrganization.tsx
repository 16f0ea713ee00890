/** The dialog that makes an organization. */
import { useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { Organization } from '@/shared/api/types';
import { useCreateOrganization } from '@/shared/data/organizations';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field } from '@/shared/ui/Field';

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
  const taken = problem?.code === 'slug_taken';
  return (
    <Dialog
      title="New organization"
      description="A home for a team: its own spaces, people and events."
      onClose={onClose}
    >
      <DialogForm
        action="Make organization"
        sent={create}
        onSubmit={() => create.mutate({ name, slug: slug || null }, { onSuccess: onMade })}
        onClose={onClose}
        // It stands below the handle.
        problem={taken ? null : undefined}
      >
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
          error={problem?.field('slug') ?? (taken ? problem.message : undefined)}
          onChange={(event) => setSlug(event.target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}

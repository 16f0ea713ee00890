/** The dialog that makes an organization. */
import { useState } from 'react';
import type { Organization } from '@/shared/api/types';
import { useCreateOrganization } from '@/shared/data/organizations';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { NameFields, takenSlug } from '@/shared/ui/WordFields';

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
        problem={takenSlug(create.error) ? null : undefined}
      >
        <NameFields
          name={name}
          slug={slug ?? slugOf(name)}
          label="Handle"
          hint={`Its page will be at /@${slug || slugOf(name) || 'name'}`}
          error={create.error}
          onName={setName}
          onSlug={setSlug}
        />
      </DialogForm>
    </Dialog>
  );
}

/** The dialog that deletes an organization, once its name was typed. */
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useDeleteOrganization } from '@/shared/data/organizations';
import { usePlace } from '@/shared/lib/place';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field } from '@/shared/ui/Field';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';

export default function DeleteOrganization({ onClose }: DialogProps<'delete-organization'>) {
  const { organization } = usePlace();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  const [refused, setRefused] = useState(false);
  const remove = useDeleteOrganization(organization.id);
  const submit = () => {
    if (typed.trim() !== organization.name.trim()) return setRefused(true);
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        toast('info', 'That organization was deleted.');
        navigate('/', { replace: true });
      },
    });
  };
  return (
    <Dialog
      title={`Delete ${organization.name}?`}
      description="Its spaces, domains, instances and events go with it, for all its members. This cannot be undone."
      onClose={onClose}
    >
      <DialogForm
        action="Delete organization"
        busy="Deleting"
        danger
        sent={remove}
        onSubmit={submit}
        onClose={onClose}
      >
        <Field
          label="Name of the organization"
          hint={`Type “${organization.name}” to go on.`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={typed}
          error={refused ? `That is not its name. Type “${organization.name}”.` : undefined}
          onChange={(event) => {
            setTyped(event.target.value);
            setRefused(false);
          }}
        />
      </DialogForm>
    </Dialog>
  );
}

/** The dialog that renames an instance. */

import type { Instance } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { useEditDraft } from '@/shared/data/draft';
import { instancesQuery, useUpdateInstance } from '@/shared/data/organizations';
import { usePlace } from '@/shared/lib/place';
import { Conflicts } from '@/shared/ui/Conflicts';
import { Dialog, DialogBody } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { Typed } from '@/shared/ui/Typed';
import { toast } from '@/shared/ui/toasts';
import { NameFields, takenSlug } from '@/shared/ui/WordFields';
import type { DialogProps } from '@/system/dialogs';

export default function RenameInstance({ params, onClose }: DialogProps<'rename-instance'>) {
  const { organization } = usePlace();
  const query = useQuery(instancesQuery(organization.id));
  const last = useRef<Instance | null>(null);
  return (
    <Loaded
      query={query}
      skeleton={
        <Dialog title="Rename" onClose={onClose}>
          <DialogBody>
            <RowsSkeleton rows={2} />
          </DialogBody>
        </Dialog>
      }
    >
      {(instances) => {
        const instance = instances.find(({ id }) => id === params.instance);
        if (instance) last.current = instance;
        return last.current ? (
          <Form instance={last.current} gone={!instance} onClose={onClose} />
        ) : (
          <Dialog title="Rename" onClose={onClose}>
            <Note title="This instance is gone">Somebody deleted it.</Note>
          </Dialog>
        );
      }}
    </Loaded>
  );
}

type Fields = { name: string; slug: string };

const LABELS: Record<keyof Fields, string> = { name: 'Name', slug: 'Name in addresses' };

type FormProps = { instance: Instance; gone: boolean; onClose: () => void };

function Form({ instance, gone, onClose }: FormProps) {
  const current = { name: instance.name, slug: instance.slug };
  const draft = useEditDraft<Fields>(`rename-instance:${instance.id}`, current);
  const update = useUpdateInstance(instance.organization_id);
  const submission = useSubmission();
  const conflicts = draft.conflicts(current);
  if (gone) {
    return (
      <Dialog title={`Rename ${instance.name}`} onClose={onClose}>
        <Note title="This instance is gone">Somebody deleted it.</Note>
        <Typed texts={draft.changes(current) as Record<string, string>} labels={LABELS} />
      </Dialog>
    );
  }
  const save = () =>
    submission.run(async (closed) => {
      const body = draft.changes(current);
      if (Object.keys(body).length > 0) {
        await update.mutateAsync({ instance: instance.id, body });
      }
      draft.discard();
      if (closed.aborted) toast('success', 'Saved.');
      else onClose();
    });
  return (
    <Dialog title={`Rename ${instance.name}`} draft={draft} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={{ error: update.error, isPending: submission.busy }}
        held={conflicts.length > 0}
        draft={draft}
        fields={['name', 'slug']}
        onSubmit={save}
        onClose={onClose}
        problem={
          conflicts.length > 0 ? (
            <Conflicts conflicts={conflicts} labels={LABELS} draft={draft} />
          ) : takenSlug(update.error) ? null : undefined
        }
      >
        <NameFields
          name={draft.shown.name}
          slug={draft.shown.slug}
          label="Name in addresses"
          hint="Programs that use the old one no longer find the instance."
          error={update.error}
          onName={(name) => draft.set({ name })}
          onSlug={(slug) => draft.set({ slug })}
        />
      </DialogForm>
    </Dialog>
  );
}

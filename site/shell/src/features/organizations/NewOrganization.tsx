/** The dialog that makes an organization. */
import { useLocation } from 'wouter';
import { useTextDraft } from '@/shared/data/draft';
import { useCreateOrganization } from '@/shared/data/organizations';
import { spacePath } from '@/shared/lib/paths';
import { slugOf } from '@/shared/lib/slug';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { useSubmission } from '@/shared/ui/submission';
import { toast } from '@/shared/ui/toasts';
import { NameFields, takenSlug } from '@/shared/ui/WordFields';
import type { DialogProps } from '@/system/dialogs';

export default function NewOrganization({ onClose }: DialogProps<'new-organization'>) {
  const [, navigate] = useLocation();
  const draft = useTextDraft<'name' | 'slug'>('new-organization');
  const create = useCreateOrganization();
  const submission = useSubmission();
  const name = draft.texts.name ?? '';
  /** The address that is shown is the one that is asked for. */
  const slug = draft.texts.slug || slugOf(name);
  const make = () =>
    submission.run(async (closed) => {
      const made = await create.mutateAsync({ name, slug });
      draft.discard();
      if (closed.aborted) return toast('success', `${made.name} was created.`);
      onClose();
      navigate(spacePath(made.slug), { replace: true });
    });
  return (
    <Dialog
      title="New organization"
      description="A home for a team: its own spaces, people and events."
      draft={draft}
      onClose={onClose}
    >
      <DialogForm
        action="Create organization"
        busy="Creating"
        sent={{ error: create.error, isPending: submission.busy }}
        draft={draft}
        fields={['name', 'slug']}
        onSubmit={make}
        onClose={onClose}
        problem={takenSlug(create.error) ? null : undefined}
      >
        <NameFields
          name={name}
          slug={draft.texts.slug ?? slug ?? ''}
          label="Handle"
          hint={
            slug
              ? `Its page will be at /@${slug}`
              : 'The address of its page. Left empty, it is made from the name.'
          }
          error={create.error}
          onName={(text) => draft.set({ name: text })}
          onSlug={(text) => draft.set({ slug: text })}
        />
      </DialogForm>
    </Dialog>
  );
}

/** The dialogs that make a space and change its words. */
import { useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { Organization, Space, UpdateSpace } from '@/shared/api/types';
import { queryClient } from '@/shared/data/client';
import {
  HOME,
  spaceQuery,
  useCreateSpace,
  useDeleteSpace,
  useUpdateSpace,
} from '@/shared/data/spaces';
import { confirm } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { toastProblem } from '@/shared/ui/toasts';
import { SlugField, TitleFields, takenSlug, type Words } from '@/shared/ui/WordFields';

type NewProps = { organization: Organization; onClose: () => void; onMade: (space: Space) => void };

export function NewSpace({ organization, onClose, onMade }: NewProps) {
  const [words, setWords] = useState<Words>({ title: '', description: '' });
  const create = useCreateSpace(organization.id);
  return (
    <Dialog
      title="New space"
      description={`Another page of ${organization.name}. Private until it is published.`}
      onClose={onClose}
    >
      <DialogForm
        action="Make space"
        sent={create}
        onSubmit={() => create.mutate(words, { onSuccess: onMade })}
        onClose={onClose}
      >
        <TitleFields words={words} error={create.error} onWords={setWords} />
      </DialogForm>
    </Dialog>
  );
}

type EditProps = {
  space: Space;
  onClose: () => void;
  onSaved: (space: Space) => void;
  onDeleted: () => void;
};

export function EditSpace({ space, onClose, onSaved, onDeleted }: EditProps) {
  const [draft, setDraft] = useState({
    title: space.title,
    description: space.description,
    slug: space.slug,
  });
  const update = useUpdateSpace(space);
  const remove = useDeleteSpace(space);
  const stale = update.error !== null && asProblem(update.error).code === 'stale';
  const home = space.slug === HOME;

  const submit = async () => {
    const body: UpdateSpace = {};
    if (draft.title !== space.title) body.title = draft.title;
    if (draft.description !== space.description) body.description = draft.description;
    if (draft.slug !== space.slug) body.slug = draft.slug;
    if (Object.keys(body).length === 0) return onClose();
    // Every change of an item counts as one of the space: only its words can conflict here.
    const now = await queryClient
      .fetchQuery({ ...spaceQuery(space.organization_id, space.id), staleTime: 0 })
      .catch(() => space);
    const version =
      now.title === space.title && now.description === space.description
        ? now.version
        : space.version;
    update.mutate({ body, version }, { onSuccess: onSaved });
  };
  const askToDelete = () =>
    confirm({
      title: `Delete ${space.title}?`,
      body: 'Its items and its hostnames go with it. This cannot be undone.',
      action: 'Delete space',
      run: () => void remove.mutateAsync().then(onDeleted, toastProblem),
    });
  return (
    <Dialog title="This page" onClose={onClose}>
      <DialogForm
        action="Save"
        sent={update}
        onSubmit={() => void submit()}
        onClose={onClose}
        problem={
          stale ? <Conflict title={space.title} /> : takenSlug(update.error) ? null : undefined
        }
        apart={
          !home && (
            <button type="button" className="button button-quiet text-danger" onClick={askToDelete}>
              Delete space
            </button>
          )
        }
      >
        <TitleFields
          words={draft}
          error={update.error}
          onWords={(words) => setDraft({ ...draft, ...words })}
        />
        {!home && (
          <SlugField
            label="Name in the address"
            value={draft.slug}
            error={update.error}
            onText={(slug) => setDraft({ ...draft, slug })}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}

const Conflict = ({ title }: { title: string }) => (
  <p role="alert" className="mt-4 rounded-control bg-warn-soft px-3 py-2">
    Somebody changed this page while you were typing. It now reads “{title}”. Save again to put your
    words in its place.
  </p>
);

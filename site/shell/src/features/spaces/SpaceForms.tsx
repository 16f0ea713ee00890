/** The dialogs that make a space and change its words. */
import { type FormEvent, useState } from 'react';
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
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { FormProblem } from '@/shared/ui/States';
import { toastProblem } from '@/shared/ui/toasts';

type NewProps = { organization: Organization; onClose: () => void; onMade: (space: Space) => void };

export function NewSpace({ organization, onClose, onMade }: NewProps) {
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const create = useCreateSpace(organization.id);
  const problem = create.error ? asProblem(create.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ title, description }, { onSuccess: onMade });
  };
  return (
    <Dialog
      title="New space"
      description={`Another page of ${organization.name}. Private until it is published.`}
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate>
        <DialogBody>
          <div className="flex flex-col gap-4">
            <Field
              label="Title"
              value={title}
              maxLength={120}
              autoFocus
              error={problem?.field('title')}
              onChange={(event) => setTitle(event.target.value)}
            />
            <Field
              label="Description"
              optional
              value={description}
              maxLength={500}
              error={problem?.field('description')}
              onChange={(event) => setDescription(event.target.value)}
            />
          </div>
          <FormProblem error={create.error} />
        </DialogBody>
        <DialogActions>
          <button type="button" className="button button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={create.isPending}>
            Make space
          </button>
        </DialogActions>
      </form>
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
  const problem = update.error ? asProblem(update.error) : null;
  const home = space.slug === HOME;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
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
      <form onSubmit={(event) => void submit(event)} noValidate>
        <DialogBody>
          <div className="flex flex-col gap-4">
            <Field
              label="Title"
              value={draft.title}
              maxLength={120}
              autoFocus
              error={problem?.field('title')}
              onChange={(event) => setDraft({ ...draft, title: event.target.value })}
            />
            <Field
              label="Description"
              optional
              hint="One line under the title."
              value={draft.description}
              maxLength={500}
              error={problem?.field('description')}
              onChange={(event) => setDraft({ ...draft, description: event.target.value })}
            />
            {!home && (
              <Field
                label="Name in the address"
                className="font-mono"
                autoCapitalize="none"
                spellCheck={false}
                value={draft.slug}
                maxLength={40}
                error={problem?.field('slug')}
                onChange={(event) => setDraft({ ...draft, slug: event.target.value })}
              />
            )}
          </div>
          {problem?.code === 'stale' ? (
            <p role="alert" className="mt-4 rounded-control bg-warn-soft px-3 py-2">
              Somebody changed this page while you were typing. It now reads “{space.title}”. Save
              again to put your words in its place.
            </p>
          ) : (
            <FormProblem error={update.error} />
          )}
        </DialogBody>
        <DialogActions>
          {!home && (
            <button
              type="button"
              className="button button-quiet mr-auto text-danger"
              onClick={askToDelete}
            >
              Delete space
            </button>
          )}
          <button type="button" className="button button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={update.isPending}>
            Save
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

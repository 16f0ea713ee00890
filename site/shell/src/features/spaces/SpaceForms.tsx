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
import { Field } from '@/shared/ui/Field';
import { toastProblem } from '@/shared/ui/toasts';

type NewProps = { organization: Organization; onClose: () => void; onMade: (space: Space) => void };

export function NewSpace({ organization, onClose, onMade }: NewProps) {
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
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
        onSubmit={() => create.mutate({ title, description }, { onSuccess: onMade })}
        onClose={onClose}
      >
        <Words
          words={{ title, description }}
          problem={create.error}
          onTitle={setTitle}
          onDescription={setDescription}
        />
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
  const problem = update.error ? asProblem(update.error) : null;
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
        problem={problem?.code === 'stale' ? <Conflict title={space.title} /> : undefined}
        apart={
          !home && (
            <button type="button" className="button button-quiet text-danger" onClick={askToDelete}>
              Delete space
            </button>
          )
        }
      >
        <Words
          words={draft}
          problem={update.error}
          onTitle={(title) => setDraft({ ...draft, title })}
          onDescription={(description) => setDraft({ ...draft, description })}
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

type WordsProps = {
  words: { title: string; description: string };
  problem: unknown;
  onTitle: (title: string) => void;
  onDescription: (description: string) => void;
};

function Words({ words, problem, onTitle, onDescription }: WordsProps) {
  const refused = problem ? asProblem(problem) : null;
  return (
    <>
      <Field
        label="Title"
        value={words.title}
        maxLength={120}
        autoFocus
        error={refused?.field('title')}
        onChange={(event) => onTitle(event.target.value)}
      />
      <Field
        label="Description"
        optional
        hint="One line under the title."
        value={words.description}
        maxLength={500}
        error={refused?.field('description')}
        onChange={(event) => onDescription(event.target.value)}
      />
    </>
  );
}

/** The dialogs that make a space and change its title, description and slug. */

import { asProblem, type Space, type UpdateSpace } from '@prox/api-client';
import { useRef } from 'react';
import { useLocation } from 'wouter';
import { queryClient } from '@/shared/data/client';
import { useEditDraft, useTextDraft } from '@/shared/data/draft';
import {
  HOME,
  spaceQuery,
  useCreateSpace,
  useDeleteSpace,
  useUpdateSpace,
} from '@/shared/data/spaces';
import { spacePath } from '@/shared/lib/paths';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { Conflicts } from '@/shared/ui/Conflicts';
import { confirm } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Note } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { Typed } from '@/shared/ui/Typed';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { SlugField, TitleFields, takenSlug } from '@/shared/ui/WordFields';
import type { DialogProps } from '@/system/dialogs';

export function NewSpace({ onClose }: DialogProps<'new-space'>) {
  const { organization } = usePlace();
  const [, navigate] = useLocation();
  const draft = useTextDraft<'title' | 'description'>('new-space');
  const create = useCreateSpace(organization.id);
  const submission = useSubmission();
  const words = { title: draft.texts.title ?? '', description: draft.texts.description ?? '' };
  const make = () =>
    submission.run(async (closed) => {
      const made = await create.mutateAsync(words);
      draft.discard();
      if (closed.aborted) return toast('success', `${made.title} was created.`);
      onClose();
      navigate(spacePath(organization.slug, made.slug), { replace: true });
    });
  return (
    <Dialog
      title="New space"
      description={`Another page of ${organization.name}. Private until it is published.`}
      draft={draft}
      onClose={onClose}
    >
      <DialogForm
        action="Create space"
        busy="Creating"
        sent={{ error: create.error, isPending: submission.busy }}
        draft={draft}
        fields={['title', 'description']}
        onSubmit={make}
        onClose={onClose}
      >
        <TitleFields words={words} error={create.error} onWords={draft.set} />
      </DialogForm>
    </Dialog>
  );
}

type Fields = { title: string; description: string; slug: string };

const LABELS: Record<keyof Fields, string> = {
  title: 'Title',
  description: 'Description',
  slug: 'Name in the address',
};

const fieldsOf = ({ title, description, slug }: Space): Fields => ({ title, description, slug });

export function EditSpace({ onClose }: DialogProps<'edit-space'>) {
  const { space } = usePlace();
  const last = useRef(space);
  if (space) last.current = space;
  return last.current ? (
    <EditForm key={last.current.id} space={last.current} gone={!space} onClose={onClose} />
  ) : (
    <Dialog title="This page" onClose={onClose}>
      <Note title="This page is gone">It was renamed or deleted.</Note>
    </Dialog>
  );
}

/** How often a save is sent again because somebody else saved in between. */
const ATTEMPTS = 5;

const isStale = (error: unknown) => asProblem(error).code === 'stale';

type EditProps = { space: Space; gone: boolean; onClose: () => void };

function EditForm({ space, gone, onClose }: EditProps) {
  const { organization } = usePlace();
  const [, navigate] = useLocation();
  const draft = useEditDraft<Fields>(`edit-space:${space.id}`, fieldsOf(space));
  const update = useUpdateSpace(space);
  const remove = useDeleteSpace(space);
  const submission = useSubmission();
  const { shown } = draft;
  const conflicts = draft.conflicts(fieldsOf(space));
  const error = update.error && isStale(update.error) ? null : update.error;
  const home = space.slug === HOME;

  if (gone) {
    const typed = draft.changes(fieldsOf(space)) as Record<string, string>;
    return (
      <Dialog title="This page" onClose={onClose}>
        <Note title="This page is gone">Somebody deleted or renamed it.</Note>
        <Typed texts={typed} labels={LABELS} />
      </Dialog>
    );
  }

  const latest = () =>
    queryClient.fetchQuery({ ...spaceQuery(space.organization_id, space.id), staleTime: 0 });
  const save = () =>
    submission.run(async (closed) => {
      let now = space;
      for (let attempt = 1; ; attempt += 1) {
        const body: UpdateSpace = draft.changes(fieldsOf(now));
        if (Object.keys(body).length === 0) break;
        try {
          now = await update.mutateAsync({ body, version: now.version });
          break;
        } catch (reason) {
          // Each change of an item is one of the space: its own fields may be as they were.
          if (!isStale(reason) || attempt === ATTEMPTS) throw reason;
          now = await latest();
          if (draft.conflicts(fieldsOf(now)).length > 0) return;
        }
      }
      draft.discard();
      announce('Saved');
      if (closed.aborted) return toast('success', `${now.title} was saved.`);
      onClose();
      if (now.slug !== space.slug)
        navigate(spacePath(organization.slug, now.slug), { replace: true });
    });
  const askToDelete = () =>
    confirm({
      title: `Delete ${space.title}?`,
      body: 'Its items and its hostnames go with it. This cannot be undone.',
      action: 'Delete space',
      run: () =>
        void remove.mutateAsync().then(() => {
          draft.discard();
          onClose();
          navigate(spacePath(organization.slug), { replace: true });
        }, toastProblem),
    });
  return (
    <Dialog title="This page" draft={draft} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={{ error, isPending: submission.busy || remove.isPending }}
        held={conflicts.length > 0}
        draft={draft}
        fields={home ? ['title', 'description'] : ['title', 'description', 'slug']}
        onSubmit={save}
        onClose={onClose}
        problem={
          conflicts.length > 0 ? (
            <Conflicts conflicts={conflicts} labels={LABELS} draft={draft} />
          ) : !home && takenSlug(error) ? null : undefined
        }
        apart={
          !home && (
            <button type="button" className="button button-quiet text-danger" onClick={askToDelete}>
              Delete space
            </button>
          )
        }
      >
        <TitleFields words={shown} error={error} onWords={draft.set} />
        {!home && (
          <SlugField
            label="Name in the address"
            value={shown.slug}
            error={error}
            onText={(slug) => draft.set({ slug })}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}

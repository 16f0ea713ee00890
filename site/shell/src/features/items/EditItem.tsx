/** The dialog that changes an item. Changes of several people are merged field by field. */

import { asProblem, type CreateItem, type Item, type Mode, type Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { type ComponentProps, Suspense, useRef, useState } from 'react';
import { Verdict } from '@/shared/address/Verdict';
import { forgetDraft, typedInto } from '@/shared/data/draft';
import { iconUrl } from '@/shared/data/icon';
import { itemsQuery, useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { spacesQuery } from '@/shared/data/spaces';
import { useDebounced } from '@/shared/lib/hooks';
import { lazyWithPreload, preloadOnIntent } from '@/shared/lib/lazy';
import { usePlace } from '@/shared/lib/place';
import { guessUrl } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import { Conflicts } from '@/shared/ui/Conflicts';
import { Dialog, DialogBody } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Face } from '@/shared/ui/Face';
import { Field, TextField } from '@/shared/ui/Field';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { Typed } from '@/shared/ui/Typed';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';
import { AddressOptions } from './AddressOptions';
import { draftKey, type Fields, fieldsOf, useItemDraft, useSaveItem } from './editing';
import { storedIcon } from './iconSource';
import { ZonesField } from './widgets/ZonesField';

const IconPicker = lazyWithPreload(() => import('./IconPicker'));

/** Not always the space that is shown: windows stay open when another one is chosen. */
type Home = Pick<Space, 'id' | 'organization_id'>;

export default function EditItem({ params, onClose }: DialogProps<'edit-item'>) {
  const { organization } = usePlace();
  const space = { id: params.space, organization_id: organization.id };
  const query = useQuery(itemsQuery(space.organization_id, space.id));
  const last = useRef<Item | null>(null);
  return (
    <Loaded
      query={query}
      skeleton={
        <Dialog title="Edit" onClose={onClose}>
          <DialogBody>
            <RowsSkeleton rows={3} />
          </DialogBody>
        </Dialog>
      }
    >
      {(items) => {
        const item = items.find((one) => one.id === params.item);
        if (!item) {
          return <Gone space={space} id={params.item} last={last.current} onClose={onClose} />;
        }
        last.current = item;
        return <EditForm key={item.id} space={space} item={item} onClose={onClose} />;
      }}
    </Loaded>
  );
}

const LABELS: Record<keyof Fields, string> = {
  title: 'Title',
  description: 'Description',
  url: 'Address',
  body: 'Text',
  icon: 'Icon',
  color: 'Colour',
  mode: 'Opens in',
};

function EditForm({ space, item, onClose }: { space: Home; item: Item; onClose: () => void }) {
  const draft = useItemDraft(item);
  const { save: send, error } = useSaveItem(space);
  const submission = useSubmission();
  const { shown } = draft;
  const address = item.kind === 'app' || item.kind === 'link';
  const isFeed = item.widget === 'feed';
  const conflicts = draft.conflicts(fieldsOf(item));

  const asked = useDebounced(address && shown.url !== item.url ? guessUrl(shown.url) : null, 350);
  const found = useQuery({ ...preflightQuery(asked ?? ''), enabled: asked !== null });

  const field = (path: string) => (error ? asProblem(error).field(path) : undefined);

  const save = () =>
    submission.run(async (closed) => {
      // Otherwise the form shows the conflict, or that the item is gone.
      if ((await send(item, draft)) !== 'saved') return;
      announce('Saved');
      if (closed.aborted) toast('success', `${shown.title} was saved.`);
      else onClose();
    });

  return (
    <Dialog title={`Edit ${item.kind}`} draft={draft} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={{ error, isPending: submission.busy }}
        held={conflicts.length > 0}
        draft={draft}
        fields={
          address
            ? ['title', 'description', 'url', 'icon']
            : ['title', 'url', item.kind === 'folder' ? 'description' : 'body', 'icon']
        }
        onSubmit={save}
        onClose={onClose}
        problem={
          conflicts.length > 0 ? (
            <Conflicts conflicts={conflicts} labels={LABELS} draft={draft} />
          ) : undefined
        }
      >
        <Field
          label="Title"
          value={shown.title}
          maxLength={120}
          autoFocus
          error={field('title')}
          onChange={(event) => draft.set({ title: event.target.value })}
        />
        {item.kind !== 'card' && item.kind !== 'widget' && (
          <Field
            label="Description"
            optional
            value={shown.description}
            maxLength={500}
            error={field('description')}
            onChange={(event) => draft.set({ description: event.target.value })}
          />
        )}
        {item.kind === 'card' && (
          <TextField
            label="Text"
            hint="Markdown works: **bold**, lists, links."
            rows={10}
            value={shown.body}
            error={field('body')}
            onChange={(event) => draft.set({ body: event.target.value })}
          />
        )}
        {item.widget === 'clock' && (
          <ZonesField
            value={shown.body}
            error={field('body')}
            onChange={(body) => draft.set({ body })}
          />
        )}
        {(address || isFeed) && (
          <>
            <Field
              label="Address"
              inputMode="url"
              autoCapitalize="none"
              spellCheck={false}
              value={shown.url}
              error={field('url')}
              onChange={(event) => draft.set({ url: event.target.value })}
            />
            {asked && <Verdict query={found} asked={asked} />}
            {address && (
              <AddressOptions
                kind={item.kind}
                mode={shown.mode as Mode}
                embeddable={found.data?.embeddable ?? true}
                onMode={(mode) => draft.set({ mode })}
              />
            )}
          </>
        )}
        <IconField
          item={{ ...item, title: shown.title, url: shown.url ? guessUrl(shown.url) : null }}
          value={{ icon: shown.icon || null, color: shown.color || null }}
          error={field('icon')}
          onChange={({ icon, color }) => draft.set({ icon: icon ?? '', color: color ?? '' })}
        />
      </DialogForm>
    </Dialog>
  );
}

/** The icon and the colour, behind a button that shows them. */
function IconField(props: ComponentProps<typeof IconPicker.component>) {
  const [open, setOpen] = useState(false);
  const { item, value, error } = props;
  if (open || error) {
    return (
      <Suspense>
        <IconPicker.component {...props} />
      </Suspense>
    );
  }
  return (
    <div className="flex items-center gap-3">
      <Face
        name={item.title}
        picture={iconUrl({ ...item, icon: value.icon })}
        color={value.color}
        size="36px"
      />
      <button
        type="button"
        className="button button-secondary"
        onClick={() => setOpen(true)}
        {...preloadOnIntent(IconPicker.preload)}
      >
        Change icon…
      </button>
    </div>
  );
}

type GoneProps = { space: Home; id: string; last: Item | null; onClose: () => void };

/** The item was deleted: shows what the person typed, and can add it as a new item. */
function Gone({ space, id, last, onClose }: GoneProps) {
  const mine = typedInto(draftKey(id));
  const create = useCreateItem(space);
  const submission = useSubmission();
  const { data: spaces } = useQuery(spacesQuery(space.organization_id));
  const hasPlace = spaces?.some((one) => one.id === space.id);
  const addAgain = (item: Item) =>
    submission.run(async (closed) => {
      await create.mutateAsync(recreated(item, mine));
      forgetDraft(draftKey(id));
      if (!closed.aborted) onClose();
    });
  return (
    <Dialog title="Edit" onClose={onClose}>
      <Note
        title="This item is gone"
        actions={
          last &&
          hasPlace && (
            <button
              type="button"
              className="button button-secondary"
              disabled={submission.busy}
              onClick={() => addAgain(last)}
            >
              Add it again
            </button>
          )
        }
      >
        {hasPlace ? 'Somebody deleted it.' : 'Somebody deleted the page that it was on.'}
      </Note>
      <Typed texts={mine} labels={LABELS} />
    </Dialog>
  );
}

/** The deleted item with the person's changes, as a new one. */
function recreated(item: Item, mine: Partial<Fields>): CreateItem {
  const { url, mode, icon, color, ...words } = { ...fieldsOf(item), ...mine };
  const { kind, size } = item;
  return {
    kind,
    ...words,
    icon: storedIcon(icon || null) ?? null,
    color: color || null,
    size,
    ...(item.widget && { widget: item.widget }),
    ...(url && { url, mode: mode as Mode }),
  };
}

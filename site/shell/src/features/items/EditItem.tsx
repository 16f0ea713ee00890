/** The dialog that changes an item. Changes of several people are merged field by field. */

import { asProblem, type CreateItem, type Item, type Mode, type Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Lock, Unlink } from 'lucide-react';
import { type ComponentProps, Suspense, useRef, useState } from 'react';
import { Verdict } from '@/shared/address/Verdict';
import { forgetDraft, typedInto } from '@/shared/data/draft';
import { iconUrl } from '@/shared/data/icon';
import { draftKey, type ItemFields, LABELS } from '@/shared/data/item-draft';
import { itemsQuery, useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { askAgain, canEdit, isRefused, useSharedSpace } from '@/shared/data/shared';
import { spacesQuery } from '@/shared/data/spaces';
import type { Conflict } from '@/shared/lib/edit';
import { useDebounced } from '@/shared/lib/hooks';
import { lazyWithPreload, preloadOnIntent } from '@/shared/lib/lazy';
import { usePlace } from '@/shared/lib/place';
import { guessUrl } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import { Choice } from '@/shared/ui/Choice';
import { Conflicts } from '@/shared/ui/Conflicts';
import { Dialog, DialogBody } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Face } from '@/shared/ui/Face';
import { Field, TextField } from '@/shared/ui/Field';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { Typed, TypedTexts } from '@/shared/ui/Typed';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';
import { AddressOptions } from './AddressOptions';
import { fieldsOf, useItemDraft, useSaveItem } from './editing';
import { storedIcon } from './iconSource';
import { ZonesField } from './widgets/ZonesField';

const IconPicker = lazyWithPreload(() => import('./IconPicker'));

/** Not always the space that is shown: windows stay open when another one is chosen. */
type Home = Pick<Space, 'id' | 'organization_id'>;

export default function EditItem({ params, onClose }: DialogProps<'edit-item'>) {
  const { organization } = usePlace();
  const guest = params.organization !== undefined;
  const space = { id: params.space, organization_id: params.organization ?? organization.id };
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
          const gone = { space, id: params.item, last: last.current, onClose };
          return guest ? <GoneForGuest {...gone} /> : <Gone {...gone} />;
        }
        last.current = item;
        return <EditForm key={item.id} space={space} item={item} guest={guest} onClose={onClose} />;
      }}
    </Loaded>
  );
}

type EditFormProps = {
  space: Home;
  item: Item;
  /** Whether the space is of others, who share it with the person. */
  guest: boolean;
  onClose: () => void;
};

function EditForm({ space, item, guest, onClose }: EditFormProps) {
  const draft = useItemDraft(item);
  const { save: send, error } = useSaveItem(space, { noted: !guest });
  const submission = useSubmission();
  const { shown } = draft;
  const address = item.kind === 'app' || item.kind === 'link';
  const isFeed = item.widget === 'feed';
  const conflicts = draft.conflicts(fieldsOf(item));
  const refused = guest && (!canEdit(item) || isRefused(error));

  const asked = useDebounced(address && shown.url !== item.url ? guessUrl(shown.url) : null, 350);
  const found = useQuery({ ...preflightQuery(asked ?? ''), enabled: asked !== null });

  const field = (path: string) => (error ? asProblem(error).field(path) : undefined);

  const save = () =>
    submission.run(async (closed) => {
      const saved = await send(item, draft).catch((reason: unknown) => {
        if (guest && isRefused(reason)) askAgain(space.id);
        throw reason;
      });
      // Otherwise the form shows the conflict, or that the item is gone.
      if (saved !== 'saved') return;
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
        held={conflicts.length > 0 || (guest && !canEdit(item))}
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
            <Conflicts conflicts={conflicts.map(inWords)} labels={LABELS} draft={draft} />
          ) : refused ? (
            <Refused texts={draft.changes(fieldsOf(item))} />
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
        {!guest && (
          <>
            <Choice
              label={LABELS.visibility}
              value={shown.visibility}
              options={[
                {
                  value: 'inherit',
                  label: item.folder_id ? 'Like its folder' : 'Like its space',
                },
                {
                  value: 'private',
                  label: PRIVATE,
                  icon: <Lock size={14} aria-hidden="true" />,
                },
              ]}
              onChange={(visibility) => draft.set({ visibility })}
            />
            <IconField
              item={{ ...item, title: shown.title, url: shown.url ? guessUrl(shown.url) : null }}
              value={{ icon: shown.icon || null, color: shown.color || null }}
              error={field('icon')}
              onChange={({ icon, color }) => draft.set({ icon: icon ?? '', color: color ?? '' })}
            />
          </>
        )}
      </DialogForm>
    </Dialog>
  );
}

/** The labels of the choice for the values that a conflict has. */
function inWords(conflict: Conflict<ItemFields>): Conflict<ItemFields> {
  const { field, theirs, mine } = conflict;
  if (field !== 'visibility') return conflict;
  const words = (value: string) => (value === 'private' ? PRIVATE : 'Like its folder or space');
  return { field, theirs: words(theirs), mine: words(mine) };
}

const PRIVATE = 'Only members and people named';

/** A guest may not change the item, or not any more. */
const Refused = ({ texts }: { texts: Partial<ItemFields> }) => (
  <div role="alert" className="mt-4 rounded-control bg-danger-soft px-3 py-2">
    {Object.keys(texts).length > 0 ? (
      <>
        <p className="mb-2">You may not change this any more. Copy what you typed to keep it.</p>
        <TypedTexts texts={texts} labels={LABELS} />
      </>
    ) : (
      <p>You may see this, but not change it.</p>
    )}
  </div>
);

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

type GoneProps = {
  space: Home;
  id: string;
  last: Item | null;
  /** Whether the space is one of others, which is still shared with the person. */
  guest?: boolean;
  onClose: () => void;
};

/** The item was deleted: shows what the person typed, and can add it as a new item. */
function Gone({ space, id, last, guest = false, onClose }: GoneProps) {
  const mine = typedInto(draftKey(id));
  const create = useCreateItem(space, { noted: !guest });
  const submission = useSubmission();
  const { data: spaces } = useQuery({ ...spacesQuery(space.organization_id), enabled: !guest });
  const hasPlace = guest || spaces?.some((one) => one.id === space.id);
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

/** The same for a guest, with whom it may be that the item is only no longer shared. */
function GoneForGuest(props: GoneProps) {
  const { space, id, onClose } = props;
  const shared = useSharedSpace(space.id);
  if (shared && canEdit(shared)) return <Gone {...props} guest />;
  return (
    <Dialog title="Edit" onClose={onClose}>
      <div role="alert">
        <Note icon={Unlink} title="This is no longer shared with you">
          It was deleted, or its owner ended it. Copy what you typed to keep it.
        </Note>
      </div>
      <Typed texts={typedInto(draftKey(id))} labels={LABELS} />
    </Dialog>
  );
}

/** The deleted item with the person's changes, as a new one. */
function recreated(item: Item, mine: Partial<ItemFields>): CreateItem {
  const { url, mode, icon, color, visibility, ...words } = { ...fieldsOf(item), ...mine };
  const { kind, size } = item;
  return {
    kind,
    ...words,
    icon: storedIcon(icon || null) ?? null,
    color: color || null,
    visibility: visibility as Item['visibility'],
    size,
    ...(item.widget && { widget: item.widget }),
    ...(url && { url, mode: mode as Mode }),
  };
}

/** The dialog that changes an item. When somebody else was faster, nobody's text is lost. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Verdict } from '@/shared/address/Verdict';
import { asProblem } from '@/shared/api/problem';
import type { Item, Space, UpdateItem } from '@/shared/api/types';
import { queryClient } from '@/shared/data/client';
import { itemsQuery, useUpdateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { useDebounced } from '@/shared/lib/hooks';
import { guessUrl } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import { Dialog, DialogBody } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, TextField } from '@/shared/ui/Field';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { AddressOptions } from './AddressOptions';

/** Not always the space that is shown: windows stay open when another one is chosen. */
type Home = Pick<Space, 'id' | 'organization_id'>;

type Props = { space: Home; item: string; onClose: () => void };

export default function EditItem({ space, item: id, onClose }: Props) {
  const query = useQuery(itemsQuery(space.organization_id, space.id));
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
        const item = items.find((one) => one.id === id);
        return item ? (
          // The form keeps what is typed while the item changes below it.
          <EditForm key={id} space={space} item={item} onClose={onClose} />
        ) : (
          <Dialog title="Edit" onClose={onClose}>
            <Note title="This item is gone">It was deleted in the meantime.</Note>
          </Dialog>
        );
      }}
    </Loaded>
  );
}

type Draft = Required<Pick<Item, 'title' | 'description' | 'body' | 'mode'>> & {
  url: string;
  icon: string;
};

const draftOf = (item: Item): Draft => ({
  title: item.title,
  description: item.description,
  url: item.url ?? '',
  body: item.body,
  icon: item.icon ?? '',
  mode: item.mode,
});

/** Only what was changed, so that two people can change different fields. */
function changes(from: Draft, to: Draft, kind: Item['kind']): UpdateItem {
  const body: UpdateItem = {};
  if (to.title !== from.title) body.title = to.title;
  if (to.description !== from.description) body.description = to.description;
  if (to.icon !== from.icon) body.icon = to.icon;
  if (kind === 'card' && to.body !== from.body) body.body = to.body;
  if (kind === 'app' || kind === 'link') {
    if (to.url !== from.url) body.url = guessUrl(to.url) ?? to.url;
    if (to.mode !== from.mode) Object.assign(body, { mode: to.mode, reasons: [] });
  }
  return body;
}

function EditForm({ space, item, onClose }: { space: Home; item: Item; onClose: () => void }) {
  const [base, setBase] = useState({ draft: draftOf(item), version: item.version });
  const [draft, setDraft] = useState(base.draft);
  const update = useUpdateItem(space);
  const address = item.kind === 'app' || item.kind === 'link';
  const stale = update.error !== null && asProblem(update.error).code === 'stale';

  const asked = useDebounced(
    address && draft.url !== base.draft.url ? guessUrl(draft.url) : null,
    350,
  );
  const found = useQuery({ ...preflightQuery(asked ?? ''), enabled: asked !== null });

  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const field = (path: string) =>
    update.error && !stale ? asProblem(update.error).field(path) : undefined;

  const save = (version: number) => {
    const body = changes(base.draft, draft, item.kind);
    if (Object.keys(body).length === 0) return onClose();
    update.mutate(
      { item: item.id, version, body },
      {
        onSuccess: () => {
          announce('Saved');
          onClose();
        },
      },
    );
  };
  /** The saved item, fetched again by the failed change. */
  const saved = () =>
    queryClient
      .fetchQuery({ ...itemsQuery(space.organization_id, space.id), staleTime: 0 })
      .then((items) => items.find(({ id }) => id === item.id));
  const takeTheirs = async () => {
    const theirs = (await saved()) ?? item;
    setBase({ draft: draftOf(theirs), version: theirs.version });
    setDraft(draftOf(theirs));
    update.reset();
  };
  const keepMine = async () => save(((await saved()) ?? item).version);

  return (
    <Dialog title={`Edit ${item.kind}`} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={update}
        held={stale}
        onSubmit={() => save(base.version)}
        onClose={onClose}
        problem={
          stale ? (
            <Conflict
              theirs={item}
              mine={draft}
              onTheirs={() => void takeTheirs()}
              onMine={() => void keepMine()}
            />
          ) : undefined
        }
      >
        <Field
          label="Title"
          value={draft.title}
          maxLength={120}
          autoFocus
          error={field('title')}
          onChange={(event) => set({ title: event.target.value })}
        />
        {item.kind !== 'card' && (
          <Field
            label="Description"
            optional
            value={draft.description}
            maxLength={500}
            error={field('description')}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
        {item.kind === 'card' && (
          <TextField
            label="Text"
            hint="Markdown works: **bold**, lists, links."
            rows={10}
            value={draft.body}
            error={field('body')}
            onChange={(event) => set({ body: event.target.value })}
          />
        )}
        {address && (
          <>
            <Field
              label="Address"
              inputMode="url"
              autoCapitalize="none"
              spellCheck={false}
              value={draft.url}
              error={field('url')}
              onChange={(event) => set({ url: event.target.value })}
            />
            {asked && <Verdict query={found} asked={asked} />}
            <AddressOptions
              kind={item.kind}
              mode={draft.mode}
              embeddable={found.data?.embeddable ?? true}
              onMode={(mode) => set({ mode })}
            />
            <Field
              label="Picture"
              hint="The address of an image. Without one, the first letter stands there."
              optional
              inputMode="url"
              autoCapitalize="none"
              spellCheck={false}
              value={draft.icon}
              error={field('icon')}
              onChange={(event) => set({ icon: event.target.value })}
            />
          </>
        )}
      </DialogForm>
    </Dialog>
  );
}

type ConflictProps = { theirs: Item; mine: Draft; onTheirs: () => void; onMine: () => void };

/** Somebody saved in between: says what they saved, and offers both. */
function Conflict({ theirs, mine, onTheirs, onMine }: ConflictProps) {
  const differ = (
    [
      ['Title', theirs.title, mine.title],
      ['Description', theirs.description, mine.description],
      ['Address', theirs.url ?? '', mine.url],
      ['Text', theirs.body, mine.body],
    ] as const
  ).filter(([, saved, typed]) => saved !== typed);
  return (
    <div role="alert" className="mt-4 rounded-card bg-warn-soft p-4">
      <p className="font-medium">Somebody changed this while you were typing.</p>
      <p className="mt-0.5 text-sm">Your text is still in the form. This is what is saved now:</p>
      <dl className="mt-2 text-sm">
        {differ.map(([name, saved]) => (
          <div key={name} className="flex gap-2">
            <dt className="flex-none text-muted">{name}</dt>
            <dd className="line-clamp-3 min-w-0 [overflow-wrap:anywhere]">{saved || 'Empty'}</dd>
          </div>
        ))}
        {differ.length === 0 && (
          <dd className="text-muted">The same as yours, apart from its place.</dd>
        )}
      </dl>
      <div className="mt-3 flex flex-wrap gap-2">
        <button type="button" className="button button-secondary" onClick={onTheirs}>
          Take what is saved
        </button>
        <button type="button" className="button button-secondary" onClick={onMine}>
          Save mine anyway
        </button>
      </div>
    </div>
  );
}

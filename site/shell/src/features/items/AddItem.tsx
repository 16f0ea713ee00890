/** The dialog that adds something: an address with its live verdict, a card, or a folder. */

import {
  asProblem,
  type CreateItem,
  type ItemKind,
  type Mode,
  type SharedSpace,
  type Space,
  type Widget,
} from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Blocks, FileText, Folder, Link2, Unlink } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { bodyOf, draftOf, type Typed } from '@/shared/address/draft';
import { Verdict } from '@/shared/address/Verdict';
import { queryClient } from '@/shared/data/client';
import { type TextDraft, useTextDraft } from '@/shared/data/draft';
import { useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { askAgain, isRefused, targetOf, useSharedSpace } from '@/shared/data/shared';
import { useDebounced } from '@/shared/lib/hooks';
import { usePlace } from '@/shared/lib/place';
import { guessUrl } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import { Choice } from '@/shared/ui/Choice';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, TextField } from '@/shared/ui/Field';
import { Note } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { Typed as TypedTexts } from '@/shared/ui/Typed';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';
import { AddressOptions } from './AddressOptions';
import { WIDGETS } from './widgets/kinds';
import { WidgetForm, type WidgetTexts } from './widgets/WidgetForm';

const KINDS = [
  { value: 'address', label: 'Address', icon: <Link2 size={16} aria-hidden="true" /> },
  { value: 'card', label: 'Card', icon: <FileText size={16} aria-hidden="true" /> },
  { value: 'folder', label: 'Folder', icon: <Folder size={16} aria-hidden="true" /> },
  { value: 'widget', label: 'Widget', icon: <Blocks size={16} aria-hidden="true" /> },
] as const;

type Kind = (typeof KINDS)[number]['value'];

/** Milliseconds without typing before an address is looked up. */
const DEBOUNCE = 350;

/** Not of one space: a draft outlives the space for which it was begun. */
const DRAFT = 'add-item';

/** What the three forms hold, and which of them is shown. */
type Name =
  | 'shown'
  | 'url'
  | 'title'
  | 'description'
  | 'mode'
  | 'kind'
  | 'card-title'
  | 'card-text'
  | 'folder-title'
  | 'folder-text'
  | keyof WidgetTexts;

type Draft = TextDraft<Name>;

export default function AddItem({ params, onClose }: DialogProps<'add-item'>) {
  const { space: shown } = usePlace();
  const guest = params.space !== undefined;
  const shared = useSharedSpace(params.space);
  const space = guest ? shared && targetOf(shared) : shown;
  const draft: Draft = useTextDraft<Name>(DRAFT, {
    choices: ['shown', 'mode', 'kind', 'widget'],
  });
  if (guest && shared === undefined) {
    return (
      <Dialog title="Add to a shared page" draft={draft} onClose={onClose}>
        <div aria-busy="true" className="h-40" />
      </Dialog>
    );
  }
  if (guest && !space) {
    return (
      <Dialog title="Add to a shared page" draft={draft} onClose={onClose}>
        <div role="alert">
          <Note icon={Unlink} title="This is no longer shared with you">
            Its owner ended it. Copy what you typed to keep it.
          </Note>
        </div>
        <TypedTexts texts={draft.texts} labels={LABELS} />
      </Dialog>
    );
  }
  if (!space) {
    return (
      <Dialog title="Add to this page" draft={draft} onClose={onClose}>
        <Note title="This page is gone">
          It was renamed or deleted. {draft.dirty && 'What you typed is kept: '}Open another page,
          then choose Add.
        </Note>
      </Dialog>
    );
  }
  return (
    <Form space={space} shared={shared ?? null} draft={draft} given={params} onClose={onClose} />
  );
}

/** What was pasted or shared. */
type Given = DialogProps<'add-item'>['params'];

/** The texts of the forms, for what cannot be sent any more. */
const LABELS = {
  url: 'Address',
  title: 'Title',
  description: 'Description',
  'card-title': 'Title of the card',
  'card-text': 'Text',
  'folder-title': 'Title of the folder',
  'folder-text': 'Description of the folder',
};

type FormDialogProps = {
  space: Pick<Space, 'id' | 'organization_id'>;
  /** The space as it is shared with the person; null for one of their organization. */
  shared: SharedSpace | null;
  draft: Draft;
  given: Given;
  onClose: () => void;
};

function Form({ space, shared, draft, given, onClose }: FormDialogProps) {
  const create = useCreateItem(space, { noted: !shared });
  const submission = useSubmission();
  const [kind, setKind] = useState<Kind>(() => firstKind(given, draft));
  const [isFirst, setIsFirst] = useState(true);
  const add = (make: () => Promise<CreateItem>) =>
    submission.run(async (closed) => {
      const body = await make();
      if (closed.aborted) return;
      const item = await create.mutateAsync(body).catch((reason: unknown) => {
        if (shared && isRefused(reason)) askAgain(space.id);
        throw reason;
      });
      draft.discard();
      announce(`${item.title} was added`);
      if (closed.aborted) toast('success', `${item.title} was added.`);
      else onClose();
    });
  const form = {
    draft,
    sent: { error: create.error, isPending: submission.busy },
    ...(shared &&
      isRefused(create.error) && {
        problem: (
          <p role="alert" className="mt-4 rounded-control bg-danger-soft px-3 py-2">
            You may not add to this page any more. Copy what you typed to keep it.
          </p>
        ),
      }),
    onAdd: add,
    onClose,
    // Not after another form was chosen: with arrow keys, a person goes on choosing.
    autoFocus: isFirst,
  };
  return (
    <Dialog
      title={shared ? `Add to ${shared.title}` : 'Add to this page'}
      draft={draft}
      onClose={onClose}
    >
      <fieldset className="px-5 pb-3 sm:px-6" disabled={submission.busy}>
        <Choice
          label="What to add"
          quiet
          value={kind}
          options={shared ? KINDS.filter(({ value }) => value !== 'widget') : KINDS}
          onChange={(next) => {
            setKind(next);
            setIsFirst(false);
            draft.set({ shown: next });
          }}
        />
      </fieldset>
      {kind === 'address' ? (
        <AddressForm given={given} {...form} />
      ) : kind === 'widget' ? (
        <WidgetForm
          {...form}
          first={widgetOf(given.kind)}
          texts={draft.texts}
          set={draft.set}
          draft={partOf(draft, ['widget-title', 'widget-url', 'widget-zones'])}
          errorOf={(field) => fieldOf(create.error, field)}
        />
      ) : (
        <WordsForm key={kind} kind={kind} given={given} {...form} />
      )}
    </Dialog>
  );
}

/** What was pasted or shared is shown first, whatever was typed before. */
function firstKind({ url, text, kind }: Given, draft: Draft): Kind {
  if (url) return 'address';
  if (text) return 'card';
  if (widgetOf(kind)) return 'widget';
  return kindOf(kind) ?? kindOf(draft.texts.shown) ?? 'address';
}

const kindOf = (name: string | undefined): Kind | undefined =>
  KINDS.find(({ value }) => value === name)?.value;

/** The widget that an address of the dialog names. */
const widgetOf = (name: string | undefined): Widget | undefined =>
  WIDGETS.find(({ widget }) => widget === name)?.widget;

type FormProps = {
  given: Given;
  draft: Draft;
  sent: { error: unknown; isPending: boolean };
  onAdd: (make: () => Promise<CreateItem>) => void;
  onClose: () => void;
  /** Whether its first field takes the focus. */
  autoFocus: boolean;
  /** Shown instead of the error. */
  problem?: ReactNode;
};

const ADD = { action: 'Add', busy: 'Adding' };

/** The draft as one of the forms shows it: restored when one of its own texts is. */
const partOf = (draft: Draft, names: readonly Name[]): Draft => ({
  ...draft,
  restored: draft.restored && names.some((name) => draft.texts[name]?.trim()),
});

const fieldOf = (error: unknown, path: string) =>
  error ? asProblem(error).field(path) : undefined;

/** The typed parts of the address form. */
function typedOf({ title, description, mode, kind }: Draft['texts']): Typed {
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(mode === undefined ? {} : { mode: mode as Mode }),
    ...(kind === undefined ? {} : { kind: kind as ItemKind }),
  };
}

function AddressForm({ given, draft, onAdd, autoFocus, ...form }: FormProps) {
  /** A given address, until something is typed. */
  const [first, setFirst] = useState(given.url);
  const [missing, setMissing] = useState(false);
  const text = first ?? draft.texts.url ?? '';
  const isDrafted = first === undefined || first === draft.texts.url;
  const typed = typedOf(isDrafted ? draft.texts : { title: given.title });
  const set = (change: Draft['texts']) => {
    setFirst(undefined);
    // What was typed or shared about another address does not belong to this one.
    const title = change.url === undefined ? given.title : undefined;
    draft.set({ ...(isDrafted ? {} : { ...EMPTY, title }), url: text, ...change });
  };
  const url = guessUrl(text);
  const asked = useDebounced(url, DEBOUNCE);
  const found = useQuery({ ...preflightQuery(asked ?? ''), enabled: asked !== null });
  const current = asked === url ? (found.data ?? null) : null;
  const shown = url ? draftOf(url, typed, current) : null;

  const submit = () => {
    if (!url) return setMissing(true);
    onAdd(async () => {
      // A click before the check has ended waits for its verdict.
      const verdict = await queryClient.fetchQuery(preflightQuery(url)).catch(() => null);
      return bodyOf(url, typed, verdict);
    });
  };
  return (
    <DialogForm
      {...ADD}
      {...form}
      draft={partOf(draft, ['url', 'title', 'description'])}
      fields={shown ? ['url', 'title', 'description'] : ['url']}
      onSubmit={submit}
    >
      <Field
        label="Address"
        placeholder="https://"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        // The dialog is opened to type here.
        autoFocus={autoFocus}
        value={text}
        error={
          missing && !url
            ? 'Type a web address, like example.com.'
            : fieldOf(form.sent.error, 'url')
        }
        onChange={(event) => {
          set({ url: event.target.value });
          setMissing(false);
        }}
      />
      <Verdict
        query={asked === url ? found : { data: undefined, error: null, fetchStatus: 'fetching' }}
        asked={url}
      />
      {shown && (
        <>
          <Field
            label="Title"
            value={shown.title}
            maxLength={120}
            error={fieldOf(form.sent.error, 'title')}
            onChange={(event) => set({ title: event.target.value })}
          />
          <Field
            label="Description"
            optional
            value={shown.description}
            maxLength={500}
            error={fieldOf(form.sent.error, 'description')}
            onChange={(event) => set({ description: event.target.value })}
          />
          <AddressOptions
            kind={shown.kind}
            mode={shown.mode}
            embeddable={current?.embeddable ?? true}
            onKind={(kind) => set({ kind })}
            onMode={(mode) => set({ mode })}
          />
        </>
      )}
    </DialogForm>
  );
}

/** What `useTextDraft` takes for a text that was never typed. */
const EMPTY = { title: undefined, description: undefined, mode: undefined, kind: undefined };

/** A title, and the text of a card or the description of a folder. */
function WordsForm({
  kind,
  given,
  draft,
  onAdd,
  autoFocus,
  ...form
}: FormProps & { kind: 'card' | 'folder' }) {
  /** Shared text, until something is typed. */
  const [first, setFirst] = useState(kind === 'card' && given.text ? given : undefined);
  const title = (first ? first.title : draft.texts[`${kind}-title`]) ?? '';
  const text = (first ? first.text : draft.texts[`${kind}-text`]) ?? '';
  const set = (change: { title?: string; text?: string }) => {
    setFirst(undefined);
    const next = { title, text, ...change };
    draft.set({ [`${kind}-title`]: next.title, [`${kind}-text`]: next.text });
  };
  const { error } = form.sent;
  const submit = () =>
    onAdd(async () =>
      kind === 'card' ? { kind, title, body: text } : { kind, title, description: text },
    );
  return (
    <DialogForm
      {...ADD}
      {...form}
      draft={partOf(draft, [`${kind}-title`, `${kind}-text`])}
      fields={['title', kind === 'card' ? 'body' : 'description']}
      onSubmit={submit}
    >
      <Field
        label="Title"
        value={title}
        maxLength={120}
        autoFocus={autoFocus}
        error={fieldOf(error, 'title')}
        onChange={(event) => set({ title: event.target.value })}
      />
      {kind === 'card' ? (
        <TextField
          label="Text"
          hint="Markdown works: **bold**, lists, links."
          rows={8}
          value={text}
          error={fieldOf(error, 'body')}
          onChange={(event) => set({ text: event.target.value })}
        />
      ) : (
        <Field
          label="Description"
          optional
          value={text}
          maxLength={500}
          error={fieldOf(error, 'description')}
          onChange={(event) => set({ text: event.target.value })}
        />
      )}
    </DialogForm>
  );
}

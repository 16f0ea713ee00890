/** The dialog that adds something: an address with its live verdict, a card, or a folder. */
import { useQuery } from '@tanstack/react-query';
import { FileText, Folder, Link2 } from 'lucide-react';
import { useState } from 'react';
import { bodyOf, draftOf, type Typed } from '@/shared/address/draft';
import { Verdict } from '@/shared/address/Verdict';
import { asProblem } from '@/shared/api/problem';
import type { CreateItem, Space } from '@/shared/api/types';
import { queryClient } from '@/shared/data/client';
import { useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { useDebounced } from '@/shared/lib/hooks';
import { guessUrl } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import { Choice } from '@/shared/ui/Choice';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, TextField } from '@/shared/ui/Field';
import { AddressOptions } from './AddressOptions';

const KINDS = [
  { value: 'address', label: 'Address', icon: <Link2 size={16} aria-hidden="true" /> },
  { value: 'card', label: 'Card', icon: <FileText size={16} aria-hidden="true" /> },
  { value: 'folder', label: 'Folder', icon: <Folder size={16} aria-hidden="true" /> },
] as const;

type Kind = (typeof KINDS)[number]['value'];

/** Milliseconds of rest before an address is looked up. */
const DEBOUNCE = 350;

type Props = { space: Space; url?: string; onClose: () => void };

export default function AddItem({ space, url: first = '', onClose }: Props) {
  const [kind, setKind] = useState<Kind>('address');
  const create = useCreateItem(space);
  const add = (body: CreateItem) =>
    create.mutate(body, {
      onSuccess: (item) => {
        announce(`${item.title} was added`);
        onClose();
      },
    });
  const form = { sent: create, onAdd: add, onClose };
  return (
    <Dialog title="Add to this page" onClose={onClose}>
      <div className="px-5 pb-3 sm:px-6">
        <Choice label="What to add" quiet value={kind} options={KINDS} onChange={setKind} />
      </div>
      {kind === 'address' ? (
        <AddressForm first={first} {...form} />
      ) : (
        <WordsForm key={kind} kind={kind} {...form} />
      )}
    </Dialog>
  );
}

type FormProps = {
  sent: { error: unknown; isPending: boolean };
  onAdd: (body: CreateItem) => void;
  onClose: () => void;
};

const ADD = { action: 'Add', busy: 'Adding' };

const fieldOf = (error: unknown, path: string) =>
  error ? asProblem(error).field(path) : undefined;

function AddressForm({ first, onAdd, ...form }: FormProps & { first: string }) {
  const [text, setText] = useState(first);
  const [typed, setTyped] = useState<Typed>({});
  const [missing, setMissing] = useState(false);
  const url = guessUrl(text);
  const asked = useDebounced(url, DEBOUNCE);
  const found = useQuery({ ...preflightQuery(asked ?? ''), enabled: asked !== null });
  const current = asked === url ? (found.data ?? null) : null;
  const draft = url ? draftOf(url, typed, current) : null;

  const submit = async () => {
    if (!url) return setMissing(true);
    // Whoever is faster than the check still gets its verdict.
    const verdict = await queryClient.fetchQuery(preflightQuery(url)).catch(() => null);
    onAdd(bodyOf(url, typed, verdict));
  };
  return (
    <DialogForm {...ADD} {...form} onSubmit={() => void submit()}>
      <Field
        label="Address"
        placeholder="https://"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        // The dialog is opened to type here.
        autoFocus
        value={text}
        error={
          missing && !url
            ? 'Type a web address, like example.com.'
            : fieldOf(form.sent.error, 'url')
        }
        onChange={(event) => {
          setText(event.target.value);
          setMissing(false);
        }}
      />
      <Verdict
        query={asked === url ? found : { data: undefined, error: null, fetchStatus: 'fetching' }}
        asked={url}
      />
      {draft && (
        <>
          <Field
            label="Title"
            value={draft.title}
            maxLength={120}
            error={fieldOf(form.sent.error, 'title')}
            onChange={(event) => setTyped({ ...typed, title: event.target.value })}
          />
          <Field
            label="Description"
            optional
            value={draft.description}
            maxLength={500}
            error={fieldOf(form.sent.error, 'description')}
            onChange={(event) => setTyped({ ...typed, description: event.target.value })}
          />
          <AddressOptions
            kind={draft.kind}
            mode={draft.mode}
            embeddable={current?.embeddable ?? true}
            onKind={(kind) => setTyped({ ...typed, kind })}
            onMode={(mode) => setTyped({ ...typed, mode })}
          />
        </>
      )}
    </DialogForm>
  );
}

/** A title, and what a card says or a folder is for. */
function WordsForm({ kind, onAdd, ...form }: FormProps & { kind: 'card' | 'folder' }) {
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const { error } = form.sent;
  const submit = () =>
    onAdd(kind === 'card' ? { kind, title, body: text } : { kind, title, description: text });
  return (
    <DialogForm {...ADD} {...form} onSubmit={submit}>
      <Field
        label="Title"
        value={title}
        maxLength={120}
        autoFocus
        error={fieldOf(error, 'title')}
        onChange={(event) => setTitle(event.target.value)}
      />
      {kind === 'card' ? (
        <TextField
          label="Text"
          hint="Markdown works: **bold**, lists, links."
          rows={8}
          value={text}
          error={fieldOf(error, 'body')}
          onChange={(event) => setText(event.target.value)}
        />
      ) : (
        <Field
          label="Description"
          optional
          value={text}
          maxLength={500}
          error={fieldOf(error, 'description')}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </DialogForm>
  );
}

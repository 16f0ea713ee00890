/** The dialog that adds something: an address with its live verdict, a card, or a folder. */
import { useQuery } from '@tanstack/react-query';
import { FileText, Folder, Link2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { bodyOf, draftOf, type Typed } from '@/shared/address/draft';
import { Verdict } from '@/shared/address/Verdict';
import { asProblem } from '@/shared/api/problem';
import type { CreateItem, Space } from '@/shared/api/types';
import { queryClient } from '@/shared/data/client';
import { useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { useRested } from '@/shared/lib/hooks';
import { guessUrl } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import { Choice } from '@/shared/ui/Choice';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { Field, TextField } from '@/shared/ui/Field';
import { FormProblem } from '@/shared/ui/States';
import { AddressOptions } from './AddressOptions';

const KINDS = [
  { value: 'address', label: 'Address', icon: <Link2 size={16} aria-hidden="true" /> },
  { value: 'card', label: 'Card', icon: <FileText size={16} aria-hidden="true" /> },
  { value: 'folder', label: 'Folder', icon: <Folder size={16} aria-hidden="true" /> },
] as const;

type Kind = (typeof KINDS)[number]['value'];

/** Milliseconds of rest before an address is looked up. */
const REST = 350;

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
  const form = { pending: create.isPending, error: create.error, onAdd: add, onClose };
  return (
    <Dialog title="Add to this page" onClose={onClose}>
      <div className="px-5 pb-3 sm:px-6">
        <Choice label="What to add" quiet value={kind} options={KINDS} onChange={setKind} />
      </div>
      {kind === 'address' && <AddressForm first={first} {...form} />}
      {kind === 'card' && <CardForm {...form} />}
      {kind === 'folder' && <FolderForm {...form} />}
    </Dialog>
  );
}

type FormProps = {
  pending: boolean;
  error: unknown;
  onAdd: (body: CreateItem) => void;
  onClose: () => void;
};

function Shell({
  pending,
  error,
  onClose,
  onSubmit,
  children,
}: Omit<FormProps, 'onAdd'> & { onSubmit: () => void; children: React.ReactNode }) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) onSubmit();
  };
  return (
    <form className="flex min-h-0 flex-1 flex-col" onSubmit={submit} noValidate>
      <DialogBody>
        <div className="flex flex-col gap-4">{children}</div>
        <FormProblem error={error} />
      </DialogBody>
      <DialogActions>
        <button type="button" className="button button-quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" disabled={pending}>
          {pending ? 'Adding' : 'Add'}
        </button>
      </DialogActions>
    </form>
  );
}

const fieldOf = (error: unknown, path: string) =>
  error ? asProblem(error).field(path) : undefined;

function AddressForm({ first, onAdd, ...form }: FormProps & { first: string }) {
  const [text, setText] = useState(first);
  const [typed, setTyped] = useState<Typed>({});
  const [missing, setMissing] = useState(false);
  const url = guessUrl(text);
  const asked = useRested(url, REST);
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
    <Shell {...form} onSubmit={() => void submit()}>
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
          missing && !url ? 'Type a web address, like example.com.' : fieldOf(form.error, 'url')
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
            error={fieldOf(form.error, 'title')}
            onChange={(event) => setTyped({ ...typed, title: event.target.value })}
          />
          <Field
            label="Description"
            optional
            value={draft.description}
            maxLength={500}
            error={fieldOf(form.error, 'description')}
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
    </Shell>
  );
}

function CardForm({ onAdd, ...form }: FormProps) {
  const [title, setTitle] = useState('');
  const [body, setBody] = useState('');
  return (
    <Shell {...form} onSubmit={() => onAdd({ kind: 'card', title, body })}>
      <Field
        label="Title"
        value={title}
        maxLength={120}
        autoFocus
        error={fieldOf(form.error, 'title')}
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextField
        label="Text"
        hint="Markdown works: **bold**, lists, links."
        rows={8}
        value={body}
        error={fieldOf(form.error, 'body')}
        onChange={(event) => setBody(event.target.value)}
      />
    </Shell>
  );
}

function FolderForm({ onAdd, ...form }: FormProps) {
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  return (
    <Shell {...form} onSubmit={() => onAdd({ kind: 'folder', title, description })}>
      <Field
        label="Title"
        value={title}
        maxLength={120}
        autoFocus
        error={fieldOf(form.error, 'title')}
        onChange={(event) => setTitle(event.target.value)}
      />
      <Field
        label="Description"
        optional
        value={description}
        maxLength={500}
        error={fieldOf(form.error, 'description')}
        onChange={(event) => setDescription(event.target.value)}
      />
    </Shell>
  );
}

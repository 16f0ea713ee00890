/** The links to a space or to one item of it, and the form that makes one. */

import {
  asProblem,
  type Item,
  type NewShareLink,
  type ShareLink,
  type Space,
} from '@prox/api-client';
import { Link2, Link2Off, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useCreateShareLink, useDeleteShareLink } from '@/shared/data/sharing';
import { announce } from '@/shared/ui/announce';
import { CheckField } from '@/shared/ui/CheckField';
import { CopyButton } from '@/shared/ui/CopyButton';
import { confirm } from '@/shared/ui/confirm';
import { Field, Labelled } from '@/shared/ui/Field';
import { PanelSection } from '@/shared/ui/Panel';
import { FormProblem } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toastProblem } from '@/shared/ui/toasts';
import { isOpenLink, linkName } from './audience';
import { endsWith } from './ending';
import { dayOf, ENDS, type End, endAt } from './ends';
import { ScopeSelect } from './People';
import type { SharingState } from './useSharing';

type Props = { space: Space; item: Item | null; state: SharingState };

export function Links({ space, item, state }: Props) {
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewShareLink | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const shown = item ? state.links.filter(({ item_id }) => item_id === item.id) : state.links;
  const stop = () => {
    setMaking(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  return (
    <PanelSection title="Links">
      <p className="mb-3 max-w-[62ch] text-sm text-muted">
        A link shows {item ? 'this item' : 'the page, or one item of it,'} to everybody who has its
        address, without an account.
      </p>
      {made && <Made link={made} onDone={() => setMade(null)} />}
      {making ? (
        <MakeLink
          space={space}
          item={item}
          items={state.items}
          onMade={(link) => {
            setMade(link);
            setMaking(false);
          }}
          onCancel={stop}
        />
      ) : (
        <button
          ref={opener}
          type="button"
          className="button button-secondary"
          onClick={() => {
            setMade(null);
            setMaking(true);
          }}
        >
          <Plus size={16} aria-hidden="true" /> New link
        </button>
      )}
      {shown.length > 0 && (
        <ul className="mt-4 divide-y divide-line" aria-label="Links">
          {shown.map((link) => (
            <LinkRow key={link.id} space={space} link={link} of={item} state={state} />
          ))}
        </ul>
      )}
    </PanelSection>
  );
}

/** The address of a new link, which is shown this once. */
function Made({ link, onDone }: { link: NewShareLink; onDone: () => void }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []);
  const { url } = link;
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-label="The address of the new link"
      className="mb-4 rounded-card bg-accent-soft px-4 py-3 outline-none forced-colors:border"
    >
      {url ? (
        <>
          <p className="font-medium">Copy the address now. It is shown only this once.</p>
          <p className="mt-1 font-mono text-sm select-all [overflow-wrap:anywhere]">{url}</p>
          <p className="mt-1 text-sm text-muted">
            It is not stored. A link whose address is lost is ended, and another one made.
          </p>
          <div className="mt-3 flex flex-wrap gap-2">
            <CopyButton text={url} what="Address" labelled />
            <button type="button" className="button button-quiet" onClick={onDone}>
              Done
            </button>
          </div>
        </>
      ) : (
        <>
          <p className="font-medium">The link was made, but its address did not arrive.</p>
          <p className="mt-1 text-sm text-muted">End it below, and make another one.</p>
          <button type="button" className="button button-quiet mt-2 -ml-2" onClick={onDone}>
            Done
          </button>
        </>
      )}
    </section>
  );
}

type MakeProps = {
  space: Space;
  item: Item | null;
  items: readonly Item[];
  onMade: (link: NewShareLink) => void;
  onCancel: () => void;
};

function MakeLink({ space, item, items, onMade, onCancel }: MakeProps) {
  const create = useCreateShareLink(space);
  const [name, setName] = useState('');
  const [edits, setEdits] = useState(false);
  const [chosen, setChosen] = useState('');
  const [end, setEnd] = useState<End>('never');
  const [date, setDate] = useState('');
  const [uses, setUses] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [wrong, setWrong] = useState<{ date?: string; uses?: string; passphrase?: string }>({});
  const [today] = useState(Date.now);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const problem = create.error && asProblem(create.error);
  const submit = () => {
    const ends = endAt(end, date, Date.now());
    const count = uses.trim() === '' ? null : Number(uses);
    const badCount = count !== null && !(Number.isInteger(count) && count >= 1 && count <= 100_000);
    const secret = passphrase.trim();
    const found = {
      ...(typeof ends === 'string' && { date: ends }),
      ...(badCount && { uses: 'Type a number from 1 to 100,000, or nothing.' }),
      ...(secret !== '' && secret.length < 4 && { passphrase: 'At least 4 characters.' }),
    };
    setWrong(found);
    if (typeof ends === 'string' || Object.keys(found).length > 0 || create.isPending) return;
    create
      .mutateAsync({
        name: name.trim(),
        level: edits ? 'edit' : 'view',
        item: item?.id ?? (chosen || null),
        expires_at: ends.at,
        max_uses: count,
        passphrase: secret || null,
      })
      .then(
        (link) => {
          announce('The link was made');
          onMade(link);
        },
        // The form shows the error.
        () => {},
      );
  };
  return (
    <form
      ref={form}
      noValidate
      aria-label="New link"
      className="rounded-card p-4 shadow-[inset_0_0_0_1px_var(--line)]"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <fieldset disabled={create.isPending} className="grid min-w-0 gap-4 sm:grid-cols-2">
        <Field
          label="Name"
          optional
          placeholder="For friends"
          maxLength={120}
          autoComplete="off"
          value={name}
          error={problem?.field('name')}
          onChange={(event) => setName(event.target.value)}
        />
        {!item && (
          <div>
            <p className="mb-1.5 font-medium" aria-hidden="true">
              What it shows
            </p>
            <ScopeSelect
              label="What the link shows"
              items={items}
              value={chosen}
              onChange={setChosen}
            />
          </div>
        )}
        <div className="flex flex-col gap-2">
          <Labelled label="Ends">
            {(wired) => (
              <select
                className="field"
                {...wired}
                value={end}
                onChange={(event) => setEnd(event.target.value as End)}
              >
                {ENDS.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          {end === 'date' && (
            <Field
              label="Last day"
              type="date"
              min={dayOf(today)}
              value={date}
              error={wrong.date ?? problem?.field('expires_at')}
              onChange={(event) => setDate(event.target.value)}
            />
          )}
        </div>
        <Field
          label="How often it opens"
          optional
          inputMode="numeric"
          placeholder="Any number of times"
          autoComplete="off"
          value={uses}
          error={wrong.uses ?? problem?.field('max_uses')}
          hint="A browser that comes back does not count again."
          onChange={(event) => setUses(event.target.value)}
        />
        <Field
          label="Passphrase"
          optional
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={passphrase}
          error={wrong.passphrase ?? problem?.field('passphrase')}
          hint="Asked for before the page shows. It cannot be read again."
          onChange={(event) => setPassphrase(event.target.value)}
        />
        <div className="self-center">
          <CheckField checked={edits} onChange={setEdits}>
            <span className="font-medium">May edit</span>
            <span className="block text-sm text-muted">
              For people who keep the link in their account.
            </span>
          </CheckField>
        </div>
      </fieldset>
      <FormProblem error={create.error} fields={['name', 'expires_at', 'max_uses', 'passphrase']} />
      <div className="mt-4 flex justify-end gap-2">
        <button type="button" className="button button-quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" disabled={create.isPending}>
          Make link
        </button>
      </div>
    </form>
  );
}

type RowProps = { space: Space; link: ShareLink; of: Item | null; state: SharingState };

function LinkRow({ space, link, of, state }: RowProps) {
  const remove = useDeleteShareLink(space);
  const name = linkName(link.name);
  const item = link.item_id && state.items.find(({ id }) => id === link.item_id);
  const what = of ? null : item ? item.title : link.item_id ? 'an item' : 'the whole page';
  const ask = () =>
    confirm({
      title: `End ${link.name.trim() ? `the link “${name}”` : 'this link'}?`,
      body: `Its address stops working at once, and open pages of it close. ${endsWith(link.id, state.grants)} This cannot be undone.`.replace(
        /\s+/g,
        ' ',
      ),
      action: 'End link',
      run: () => void remove.mutateAsync(link.id).catch(toastProblem),
    });
  const limit = link.max_uses === null ? '' : ` of ${link.max_uses}`;
  const times = link.uses === 1 && limit === '' ? 'once' : `${link.uses}${limit} times`;
  const status = isOpenLink(link, state.now);
  return (
    <li className="flex min-h-[60px] flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <span className="flex size-8 flex-none items-center justify-center rounded-full bg-sunken text-muted">
        <Link2 size={16} aria-hidden="true" />
      </span>
      <div className="min-w-0 flex-1 basis-40">
        <p dir="auto" className="truncate font-medium">
          {name}
          {status !== 'open' && (
            <span className="ml-2 rounded-control bg-sunken px-1.5 py-0.5 text-xs font-normal text-muted">
              {status}
            </span>
          )}
        </p>
        <p className="text-sm text-muted [overflow-wrap:anywhere]">
          {[
            what,
            link.level === 'edit' ? 'may edit' : 'may view',
            link.has_passphrase ? 'asks for a passphrase' : 'no passphrase',
            `opened ${times}`,
          ]
            .filter(Boolean)
            .join(' · ')}
          {' · '}
          {link.expires_at ? (
            <>
              {status === 'expired' ? 'ended ' : 'ends '}
              <Time at={link.expires_at} now={state.now} />
            </>
          ) : (
            'never ends'
          )}
        </p>
      </div>
      <button
        type="button"
        className="button button-quiet button-icon text-muted hover:text-danger"
        aria-label={`End the link ${name}`}
        title="End link"
        disabled={remove.isPending}
        onClick={ask}
      >
        <Link2Off size={16} aria-hidden="true" />
      </button>
    </li>
  );
}

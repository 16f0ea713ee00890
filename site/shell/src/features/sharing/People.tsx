/** The people and organizations with access, and the form that gives it. */

import type { Grant, Item, Level, Space } from '@prox/api-client';
import { Globe, Link2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTextDraft } from '@/shared/data/draft';
import { useCreateGrant, useUpdateGrant } from '@/shared/data/sharing';
import { announce } from '@/shared/ui/announce';
import { Face } from '@/shared/ui/Face';
import { LineForm } from '@/shared/ui/LineForm';
import { PanelSection } from '@/shared/ui/Panel';
import { toastProblem } from '@/shared/ui/toasts';
import { LEVELS, linkName, principalName, readSomebody } from './audience';
import { useEndGrant } from './ending';
import { grantTo, NOBODY } from './grantTo';
import type { SharingState } from './useSharing';

type Props = { space: Space; item: Item | null; state: SharingState };

export function People({ space, item, state }: Props) {
  const shown = item ? state.grants.filter(({ item_id }) => item_id === item.id) : state.grants;
  return (
    <PanelSection title="People and organizations">
      <AddSomebody space={space} item={item} items={state.items} />
      {shown.length === 0 ? (
        <p className="mt-4 text-muted">
          {item
            ? 'Nobody is named for this item alone yet.'
            : 'Nobody outside of the organization is named yet.'}
        </p>
      ) : (
        <ul className="mt-4 divide-y divide-line" aria-label="People and organizations with access">
          {shown.map((grant) => (
            <GrantRow key={grant.id} space={space} grant={grant} of={item} state={state} />
          ))}
        </ul>
      )}
    </PanelSection>
  );
}

type LevelSelectProps = {
  label: string;
  value: Level;
  disabled?: boolean;
  onChange: (level: Level) => void;
};

function LevelSelect({ label, value, disabled = false, onChange }: LevelSelectProps) {
  return (
    <select
      className="field !w-auto"
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as Level)}
    >
      {LEVELS.map((level) => (
        <option key={level.value} value={level.value}>
          {level.label}
        </option>
      ))}
    </select>
  );
}

type ScopeProps = {
  label: string;
  items: readonly Item[];
  value: string;
  onChange: (item: string) => void;
};

/** Chooses the whole space, as the empty text, or one item. */
export function ScopeSelect({ label, items, value, onChange }: ScopeProps) {
  return (
    <select
      className="field !w-auto max-w-52"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">The whole page</option>
      {items.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}

function AddSomebody({
  space,
  item,
  items,
}: {
  space: Space;
  item: Item | null;
  items: readonly Item[];
}) {
  const draft = useTextDraft<'who'>(`share-with:${item?.id ?? space.id}`);
  const [level, setLevel] = useState<Level>('view');
  const [chosen, setChosen] = useState('');
  const create = useCreateGrant(space);
  const [sending, setSending] = useState<{ error: unknown; isPending: boolean }>({
    error: null,
    isPending: false,
  });
  const submit = async (text: string) => {
    const somebody = readSomebody(text);
    if (sending.isPending) return;
    if (!somebody) return setSending({ error: NOBODY, isPending: false });
    setSending({ error: null, isPending: true });
    const target = item?.id ?? (chosen || null);
    try {
      const { principal } = await grantTo(somebody, (body) =>
        create.mutateAsync({ ...body, level, item: target }),
      );
      draft.discard();
      announce(`Shared with ${principalName(principal)}`);
      setSending({ error: null, isPending: false });
    } catch (error) {
      setSending({ error, isPending: false });
    }
  };
  return (
    <LineForm
      label="Share with"
      hint="A person needs no account yet: a mail address counts once they sign in with it. Nobody is sent a message."
      path="principal"
      placeholder="@ada or ada@example.com"
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      value={draft.texts.who ?? ''}
      onText={(who) => draft.set({ who })}
      sent={sending}
      action="Share"
      primary
      beside={
        <>
          <LevelSelect label="What they may do" value={level} onChange={setLevel} />
          {!item && items.length > 0 && (
            <ScopeSelect
              label="What is shared with them"
              items={items}
              value={chosen}
              onChange={setChosen}
            />
          )}
        </>
      }
      onSubmit={(text) => void submit(text)}
    />
  );
}

type RowProps = { space: Space; grant: Grant; of: Item | null; state: SharingState };

function GrantRow({ space, grant, of, state }: RowProps) {
  const update = useUpdateGrant(space);
  const end = useEndGrant(space);
  const { principal, level } = grant;
  const name = principalName(principal);
  const item = grant.item_id && state.items.find(({ id }) => id === grant.item_id);
  const via = grant.via_link && state.links.find(({ id }) => id === grant.via_link);
  const what = of ? '' : item ? item.title : grant.item_id ? 'an item' : 'the whole page';
  const details = [
    principal.type === 'organization' && principal.handle && `@${principal.handle}`,
    principal.type === 'user' && principal.handle && `@${principal.handle}`,
    principal.type === 'user' &&
      !principal.handle &&
      principal.email &&
      'Counts once they sign in with it',
    via && `through the link “${linkName(via.name)}”`,
    what,
  ].filter(Boolean);
  const changeable = principal.type === 'user' || principal.type === 'organization';
  return (
    <li className="flex min-h-[60px] flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <Portrait name={name} type={principal.type} />
      <div className="min-w-0 flex-1 basis-28">
        <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
          {name}
        </p>
        <p dir="auto" className="text-sm text-muted [overflow-wrap:anywhere]">
          {details.join(' · ')}
        </p>
      </div>
      <div className="flex items-center gap-1">
        {changeable ? (
          <LevelSelect
            label={`What ${name} may do with ${what || of?.title}`}
            value={level}
            disabled={update.isPending}
            onChange={(next) =>
              update.mutate(
                { grant: grant.id, level: next },
                { onError: (error) => toastProblem(error) },
              )
            }
          />
        ) : (
          <span className="text-sm text-muted">Can view</span>
        )}
        <button
          type="button"
          className="button button-quiet button-icon text-muted hover:text-danger"
          aria-label={`Remove ${name} from ${what || of?.title}`}
          title="Remove"
          onClick={() => end(grant)}
        >
          <X size={16} aria-hidden="true" />
        </button>
      </div>
    </li>
  );
}

function Portrait({ name, type }: { name: string; type: Grant['principal']['type'] }): ReactNode {
  if (type === 'user' || type === 'organization') {
    const shown = type === 'user' ? name.replace(/^@/, '') : name.replace(/^Members of @?/, '');
    return <Face name={shown} size="32px" round={type === 'user'} />;
  }
  const Icon = type === 'anyone' ? Globe : Link2;
  return (
    <span className="flex size-8 flex-none items-center justify-center rounded-full bg-sunken text-muted">
      <Icon size={16} aria-hidden="true" />
    </span>
  );
}

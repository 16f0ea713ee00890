/** The system app for custom hostnames of the current space. */

import type { DnsRecord, Domain, Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleDashed, Globe, Lock, Trash2 } from 'lucide-react';
import { useTextDraft } from '@/shared/data/draft';
import { domainsQuery, useAddDomain, useRemoveDomain, useVerifyDomain } from '@/shared/data/spaces';
import { useNow } from '@/shared/lib/hooks';
import { atLeast, usePlace } from '@/shared/lib/place';
import { MissingRow } from '@/shared/rows/MissingRow';
import { FOUND_CARD, useWantedRow } from '@/shared/rows/useWantedRow';
import { CopyButton } from '@/shared/ui/CopyButton';
import { confirm } from '@/shared/ui/confirm';
import { LineForm } from '@/shared/ui/LineForm';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, NoPermission, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toast, toastProblem } from '@/shared/ui/toasts';

export default function Domains() {
  const { organization, space } = usePlace();
  if (!space)
    return (
      <Note icon={Globe} title="Open a space first">
        A domain shows one space of the organization.
      </Note>
    );
  if (!atLeast(organization.role, 'admin')) {
    return <NoPermission>Only admins and owners connect domains. Ask one of them.</NoPermission>;
  }
  return <DomainList key={space.id} space={space} />;
}

function DomainList({ space }: { space: Space }) {
  const query = useQuery(domainsQuery(space.organization_id, space.id));
  const rows = query.data?.map(({ id, hostname }) => ({ id, name: hostname }));
  useWantedRow('domains', rows, query);
  return (
    <Panel>
      <MissingRow app="domains">
        The domain you looked for is not in this list: it may have been removed.
      </MissingRow>
      <p className="mb-4 max-w-[62ch] text-muted">
        A domain of yours that shows <span className="text-text">{space.title}</span> to everybody
        who may see it.
      </p>
      {space.visibility === 'private' && (
        <p className="mb-4 flex items-center gap-2 rounded-control bg-warn-soft px-3 py-2 text-sm">
          <Lock size={16} aria-hidden="true" className="flex-none" />
          This page is private. Its domains answer once it is published.
        </p>
      )}
      <AddDomain space={space} />
      <div className="mt-6">
        <Loaded query={query} skeleton={<RowsSkeleton rows={2} />}>
          {(domains) =>
            domains.length === 0 ? (
              <Note icon={Globe} title="No domain yet">
                Add one above. You then get two records to create where the domain is managed.
              </Note>
            ) : (
              <ul className="flex flex-col gap-4">
                {domains.map((domain) => (
                  <DomainView key={domain.id} space={space} domain={domain} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Panel>
  );
}

function AddDomain({ space }: { space: Space }) {
  const draft = useTextDraft<'hostname'>(`add-domain:${space.id}`);
  const add = useAddDomain(space.organization_id, space.id);
  return (
    <LineForm
      label="Hostname"
      path="hostname"
      placeholder="ada.example.com"
      inputMode="url"
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      value={draft.texts.hostname ?? ''}
      onText={(hostname) => draft.set({ hostname })}
      sent={add}
      action="Add"
      primary
      onSubmit={(hostname) => void add.mutateAsync(hostname).then(draft.discard, () => {})}
    />
  );
}

const STATUS = {
  verified: { label: 'Verified', icon: CircleCheck, colour: 'text-ok' },
  pending: { label: 'Waiting for its records', icon: CircleDashed, colour: 'text-muted' },
  failed: { label: 'Records are wrong', icon: CircleAlert, colour: 'text-danger' },
};

function DomainView({ space, domain }: { space: Space; domain: Domain }) {
  const now = useNow();
  const verify = useVerifyDomain(space.organization_id, space.id);
  const remove = useRemoveDomain(space.organization_id, space.id);
  const { label, icon: Icon, colour } = STATUS[domain.status];
  const check = () =>
    verify.mutate(domain.id, {
      onError: (error) => toastProblem(error),
      onSuccess: ({ status, hostname }) =>
        status === 'verified' && toast('success', `${hostname} now shows this page.`),
    });
  const askToRemove = () =>
    confirm({
      title: `Remove ${domain.hostname}?`,
      body: 'It stops showing this page at once.',
      action: 'Remove domain',
      run: () => void remove.mutateAsync(domain.id).catch(toastProblem),
    });
  return (
    <li
      data-row={domain.id}
      className={`rounded-card shadow-[inset_0_0_0_1px_var(--line)] ${FOUND_CARD}`}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
        <div className="min-w-0 flex-1 basis-60">
          <h3 className="truncate text-base">
            {domain.status === 'verified' ? (
              <a
                className="hover:underline"
                href={`https://${domain.hostname}`}
                target="_blank"
                rel="noopener"
              >
                {domain.hostname}
              </a>
            ) : (
              domain.hostname
            )}
          </h3>
          <p className={`flex items-center gap-1.5 text-sm ${colour}`} role="status">
            <Icon size={14} aria-hidden="true" />
            {label}
            {domain.checked_at && (
              <span className="text-muted">
                · checked <Time at={domain.checked_at} now={now} />
              </span>
            )}
          </p>
        </div>
        <div className="flex gap-2">
          <button
            type="button"
            className="button button-secondary"
            disabled={verify.isPending}
            onClick={check}
          >
            {verify.isPending
              ? 'Checking'
              : domain.status === 'verified'
                ? 'Check again'
                : 'Verify'}
          </button>
          <button
            type="button"
            className="button button-quiet button-icon text-muted hover:text-danger"
            aria-label={`Remove ${domain.hostname}`}
            title="Remove"
            onClick={askToRemove}
          >
            <Trash2 size={16} aria-hidden="true" />
          </button>
        </div>
      </div>
      {domain.reason && (
        <p className="mx-4 mb-3 rounded-control bg-danger-soft px-3 py-2 text-sm">
          {domain.reason}
        </p>
      )}
      {domain.status !== 'verified' && <Records records={domain.records} />}
    </li>
  );
}

function Records({ records }: { records: readonly DnsRecord[] }) {
  return (
    <div className="border-t border-line px-4 pt-3 pb-2">
      <p className="mb-2 text-sm text-muted">
        Create these where your domain is managed, then verify. New records can take an hour to be
        seen.
      </p>
      <ul className="divide-y divide-line">
        {records.map(({ type, name, value }) => (
          <li key={`${type} ${name}`} className="py-2">
            <p className="text-xs font-medium text-muted">{type}</p>
            {[
              ['Name', name],
              ['Value', value],
            ].map(([label = '', text = '']) => (
              <div key={label} className="flex items-center gap-2">
                <span className="w-10 flex-none text-xs text-muted">{label}</span>
                <code className="min-w-0 flex-1 py-1 font-mono text-sm select-all [overflow-wrap:anywhere]">
                  {text}
                </code>
                <CopyButton text={text} what={`${type} ${label}`} />
              </div>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

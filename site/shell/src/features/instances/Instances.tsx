/** The system app for the instances of an organization: where events arrive and connectors belong. */

import type { Instance } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Boxes, Pencil, Trash2 } from 'lucide-react';
import { useTextDraft } from '@/shared/data/draft';
import { instancesQuery, useCreateInstance, useDeleteInstance } from '@/shared/data/organizations';
import { useNow } from '@/shared/lib/hooks';
import { atLeast, usePlace } from '@/shared/lib/place';
import { MissingRow } from '@/shared/rows/MissingRow';
import { FOUND_ROW, useWantedRow } from '@/shared/rows/useWantedRow';
import { confirm } from '@/shared/ui/confirm';
import { LineForm } from '@/shared/ui/LineForm';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toastProblem } from '@/shared/ui/toasts';
import { openDialog } from '@/system/dialogs';

export default function Instances() {
  const { organization } = usePlace();
  const query = useQuery(instancesQuery(organization.id));
  const allowed = atLeast(organization.role, 'admin');
  useWantedRow('instances', query.data, query);
  return (
    <Panel>
      <MissingRow app="instances">
        The instance you looked for is not in this list: it may have been deleted.
      </MissingRow>
      <p className="mb-4 max-w-[62ch] text-muted">
        One for each thing that runs apart from the others, such as production and staging. Events
        arrive in an instance, and connectors belong to one.
      </p>
      {allowed ? (
        <AddInstance organization={organization.id} />
      ) : (
        <p className="text-sm text-muted">Only admins and owners change instances.</p>
      )}
      <div className="mt-4">
        <Loaded query={query} skeleton={<RowsSkeleton rows={2} />}>
          {(instances) =>
            instances.length === 0 ? (
              <Note icon={Boxes} title="No instance">
                Without one, no events arrive and nothing can be connected.
              </Note>
            ) : (
              <ul className="divide-y divide-line">
                {instances.map((instance) => (
                  <InstanceRow key={instance.id} instance={instance} allowed={allowed} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
    </Panel>
  );
}

function AddInstance({ organization }: { organization: string }) {
  const draft = useTextDraft<'name'>(`add-instance:${organization}`);
  const create = useCreateInstance(organization);
  return (
    <LineForm
      label="New instance"
      path="name"
      placeholder="Staging"
      autoComplete="off"
      maxLength={80}
      value={draft.texts.name ?? ''}
      onText={(name) => draft.set({ name })}
      sent={create}
      action="Add"
      primary
      onSubmit={(name) => void create.mutateAsync({ name }).then(draft.discard, () => {})}
    />
  );
}

function InstanceRow({ instance, allowed }: { instance: Instance; allowed: boolean }) {
  const now = useNow();
  const remove = useDeleteInstance(instance.organization_id);
  const ask = () =>
    confirm({
      title: `Delete ${instance.name}?`,
      body: 'Its events and connectors go with it, and nothing arrives in it any more. This cannot be undone.',
      action: 'Delete instance',
      run: () => void remove.mutateAsync(instance.id).catch(toastProblem),
    });
  return (
    <li data-row={instance.id} className={`flex min-h-[60px] items-center gap-2 py-2 ${FOUND_ROW}`}>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{instance.name}</p>
        <p className="truncate text-sm text-muted">
          <span className="font-mono text-xs">{instance.slug}</span> · created{' '}
          <Time at={instance.created_at} now={now} />
        </p>
      </div>
      {allowed && (
        <>
          <button
            type="button"
            className="button button-quiet button-icon text-muted hover:text-text"
            aria-label={`Rename ${instance.name}`}
            title="Rename"
            onClick={() => openDialog('rename-instance', { instance: instance.id })}
          >
            <Pencil size={16} aria-hidden="true" />
          </button>
          <button
            type="button"
            className="button button-quiet button-icon text-muted hover:text-danger"
            aria-label={`Delete ${instance.name}`}
            title="Delete"
            disabled={remove.isPending}
            onClick={ask}
          >
            <Trash2 size={16} aria-hidden="true" />
          </button>
        </>
      )}
    </li>
  );
}

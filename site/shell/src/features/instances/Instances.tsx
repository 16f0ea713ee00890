/** The system app for the instances of an organization: where events arrive and connectors belong. */
import { useQuery } from '@tanstack/react-query';
import { Boxes, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Instance } from '@/shared/api/types';
import {
  instancesQuery,
  useCreateInstance,
  useDeleteInstance,
  useUpdateInstance,
} from '@/shared/data/organizations';
import { useNow } from '@/shared/lib/hooks';
import { atLeast, usePlace } from '@/shared/lib/place';
import { confirm } from '@/shared/ui/confirm';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { LineForm } from '@/shared/ui/LineForm';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toastProblem } from '@/shared/ui/toasts';
import { NameFields, takenSlug } from '@/shared/ui/WordFields';

export default function Instances() {
  const { organization } = usePlace();
  const query = useQuery(instancesQuery(organization.id));
  const allowed = atLeast(organization.role, 'admin');
  return (
    <Panel>
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
  const [name, setName] = useState('');
  const create = useCreateInstance(organization);
  return (
    <LineForm
      label="New instance"
      path="name"
      placeholder="Staging"
      autoComplete="off"
      maxLength={80}
      value={name}
      onText={setName}
      sent={create}
      action="Add"
      primary
      onSubmit={(name) => create.mutate({ name }, { onSuccess: () => setName('') })}
    />
  );
}

function InstanceRow({ instance, allowed }: { instance: Instance; allowed: boolean }) {
  const now = useNow();
  const [renaming, setRenaming] = useState(false);
  const remove = useDeleteInstance(instance.organization_id);
  const ask = () =>
    confirm({
      title: `Delete ${instance.name}?`,
      body: 'Its events and connectors go with it, and nothing arrives in it any more. This cannot be undone.',
      action: 'Delete instance',
      run: () => void remove.mutateAsync(instance.id).catch(toastProblem),
    });
  return (
    <li className="flex min-h-[60px] items-center gap-2 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{instance.name}</p>
        <p className="truncate text-sm text-muted">
          <span className="font-mono text-xs">{instance.slug}</span> · made{' '}
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
            onClick={() => setRenaming(true)}
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
      {renaming && <Rename instance={instance} onClose={() => setRenaming(false)} />}
    </li>
  );
}

function Rename({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const [name, setName] = useState(instance.name);
  const [slug, setSlug] = useState<string>(instance.slug);
  const update = useUpdateInstance(instance.organization_id);
  const save = () => {
    if (name === instance.name && slug === instance.slug) return onClose();
    // Only what was changed: two people may rename at once.
    const body = {
      ...(name === instance.name ? {} : { name }),
      ...(slug === instance.slug ? {} : { slug }),
    };
    update.mutate({ instance: instance.id, body }, { onSuccess: onClose });
  };
  return (
    <Dialog title={`Rename ${instance.name}`} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={update}
        onSubmit={save}
        onClose={onClose}
        problem={takenSlug(update.error) ? null : undefined}
      >
        <NameFields
          name={name}
          slug={slug}
          label="Name in addresses"
          hint="Programs that use the old one no longer find the instance."
          error={update.error}
          onName={setName}
          onSlug={setSlug}
        />
      </DialogForm>
    </Dialog>
  );
}

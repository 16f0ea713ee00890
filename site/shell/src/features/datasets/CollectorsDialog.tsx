/** The dialog for collectors: which events become rows, and what of them goes into which column. */
import { asProblem, type Collector, type Dataset } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Radio, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { instancesQuery } from '@/shared/data/organizations';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, Labelled } from '@/shared/ui/Field';
import { toastProblem } from '@/shared/ui/toasts';
import { collectorsQuery, useCreateCollector, useDeleteCollector } from './data';

type Props = { dataset: Dataset; onClose: () => void };

export function CollectorsDialog({ dataset, onClose }: Props) {
  const { data: collectors = [] } = useQuery(collectorsQuery(dataset));
  const { data: instances = [] } = useQuery(instancesQuery(dataset.organization_id));
  const create = useCreateCollector(dataset);
  const [instance, setInstance] = useState('');
  const [type, setType] = useState('');
  const [texts, setTexts] = useState<Record<string, string>>({});
  const paths = Object.fromEntries(
    Object.entries(texts)
      .map(([column, text]) => [column, text.trim()])
      .filter(([, text]) => text !== ''),
  );
  const chosen = instance || instances[0]?.id;
  const add = async () => {
    if (!chosen) return;
    try {
      await create.mutateAsync({ instance: chosen, event_type: type.trim(), paths });
      setType('');
      setTexts({});
    } catch {
      // The form shows it.
    }
  };
  const problem = create.error ? asProblem(create.error) : null;
  return (
    <Dialog
      title="Rows from events"
      description="Each event of a type that arrives at an instance becomes a row."
      onClose={onClose}
    >
      <DialogForm
        action="Add"
        busy="Adding"
        sent={create}
        held={!chosen || type.trim() === '' || Object.keys(paths).length === 0}
        fields={['event_type', 'paths']}
        onSubmit={() => void add()}
        onClose={onClose}
        problem={
          problem?.code === 'conflict' ? (
            <p role="alert" className="mt-4 rounded-control bg-danger-soft px-3 py-2">
              Events of this type become rows already. Remove that one first.
            </p>
          ) : undefined
        }
      >
        {collectors.length > 0 && (
          <ul className="mb-5 divide-y divide-line" aria-label="Events that become rows">
            {collectors.map((one) => (
              <CollectorLine
                key={one.id}
                dataset={dataset}
                collector={one}
                instance={instances.find(({ id }) => id === one.instance_id)?.name ?? ''}
              />
            ))}
          </ul>
        )}
        <div className="flex flex-col gap-4">
          {instances.length > 1 && (
            <Labelled label="Instance">
              {(wired) => (
                <select
                  className="field"
                  {...wired}
                  value={chosen}
                  onChange={({ target }) => setInstance(target.value)}
                >
                  {instances.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Labelled>
          )}
          <Field
            label="Type of the events"
            placeholder="slack.message"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={120}
            value={type}
            error={problem?.field('event_type')}
            onChange={(event) => setType(event.target.value)}
          />
          <fieldset className="flex flex-col gap-4">
            <legend className="mb-1 font-medium">What goes into which column</legend>
            <p className="text-sm text-muted">
              A path into the event, such as <code>/payload/event/text</code> or{' '}
              <code>/created_at</code>. The window Events shows what they hold.
            </p>
            {problem?.field('paths') && (
              <p className="text-sm text-danger">A path {problem.field('paths')}.</p>
            )}
            {dataset.columns.map(({ id, name }) => (
              <Field
                key={id}
                label={name}
                optional
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                maxLength={500}
                value={texts[id] ?? ''}
                onChange={(event) => setTexts({ ...texts, [id]: event.target.value })}
              />
            ))}
          </fieldset>
        </div>
      </DialogForm>
    </Dialog>
  );
}

type LineProps = { dataset: Dataset; collector: Collector; instance: string };

function CollectorLine({ dataset, collector, instance }: LineProps) {
  const remove = useDeleteCollector(dataset);
  const names = dataset.columns.filter(({ id }) => id in collector.paths).map(({ name }) => name);
  return (
    <li className="flex min-h-[52px] items-center gap-3 py-1">
      <Radio size={16} aria-hidden="true" className="flex-none text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-mono text-sm">{collector.event_type}</p>
        <p className="truncate text-sm text-muted">
          {instance} · {names.join(', ')}
        </p>
      </div>
      <button
        type="button"
        className="button button-quiet button-icon text-muted hover:text-danger"
        aria-label={`Stop collecting ${collector.event_type}`}
        title="Stop collecting"
        disabled={remove.isPending}
        onClick={() => void remove.mutateAsync(collector.id).catch(toastProblem)}
      >
        <Trash2 size={16} aria-hidden="true" />
      </button>
    </li>
  );
}

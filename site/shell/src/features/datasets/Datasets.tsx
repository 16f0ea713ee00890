/** The system app for datasets: their list, the rows of one, and files on their way into one. */

import type { Dataset, DatasetImport } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { ChevronRight, FileClock, Table2 } from 'lucide-react';
import { useEffect } from 'react';
import { useTextDraft } from '@/shared/data/draft';
import { useNow } from '@/shared/lib/hooks';
import { usePlace } from '@/shared/lib/place';
import { useWanted } from '@/shared/rows/wanted';
import { LineForm } from '@/shared/ui/LineForm';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { datasetsQuery, importsQuery, useCreateDataset } from './data';
import { FileZone } from './FileZone';
import { ImportView } from './ImportView';
import { Rows } from './Rows';
import { useShown } from './shown';
import { rowsInWords, type View, viewNamed } from './view';

export default function Datasets() {
  const { organization } = usePlace();
  const { view, organization: of } = useShown();
  const show = (next: View) => useShown.setState({ view: next, organization: organization.id });
  const wanted = useWanted((state) => (state.wanted?.app === 'datasets' ? state.wanted : null));
  useEffect(() => {
    if (!wanted) return;
    useShown.setState({ view: viewNamed(wanted.row), organization: organization.id });
    useWanted.setState({ wanted: null });
  }, [wanted, organization.id]);
  const list = () => show({ part: 'list' });
  const open = (id: string) => show({ part: 'dataset', id });
  const follow = (id: string) => show({ part: 'import', id });
  if (of === organization.id && view.part === 'dataset')
    return <Rows key={view.id} id={view.id} onBack={list} onImport={follow} />;
  if (of === organization.id && view.part === 'import')
    return <ImportView key={view.id} id={view.id} onBack={list} onOpen={open} />;
  return <List organization={organization.id} onOpen={open} onImport={follow} />;
}

type ListProps = {
  organization: string;
  onOpen: (dataset: string) => void;
  onImport: (id: string) => void;
};

function List({ organization, onOpen, onImport }: ListProps) {
  const query = useQuery(datasetsQuery(organization));
  const imports = useQuery(importsQuery(organization));
  const waiting = imports.data?.filter(({ state }) => state !== 'done') ?? [];
  return (
    <Panel>
      <p className="mb-4 max-w-[62ch] text-muted">
        Tables with typed columns: from files, by the API, or from what arrives in an instance.
      </p>
      <FileZone dataset={null} onBegun={onImport} />
      {waiting.length > 0 && (
        <ul className="mt-4 flex flex-col gap-2" aria-label="Files on their way">
          {waiting.map((one) => (
            <Waiting key={one.id} one={one} onOpen={() => onImport(one.id)} />
          ))}
        </ul>
      )}
      <div className="mt-6">
        <Loaded query={query} skeleton={<RowsSkeleton rows={3} />}>
          {(datasets) =>
            datasets.length === 0 ? (
              <Note icon={Table2} title="No dataset yet">
                Import a CSV or JSON file, or make an empty dataset below.
              </Note>
            ) : (
              <ul className="divide-y divide-line">
                {datasets.map((dataset) => (
                  <DatasetLine key={dataset.id} dataset={dataset} onOpen={onOpen} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </div>
      <div className="mt-6">
        <AddDataset organization={organization} onMade={onOpen} />
      </div>
    </Panel>
  );
}

type LineProps = { dataset: Dataset; onOpen: (dataset: string) => void };

function DatasetLine({ dataset, onOpen }: LineProps) {
  const now = useNow();
  return (
    <li data-row={dataset.id}>
      <button
        type="button"
        className="-mx-2 flex min-h-[60px] w-[calc(100%+16px)] items-center gap-3 rounded-control px-2 py-2 text-left hover:bg-hover"
        onClick={() => onOpen(dataset.id)}
      >
        <Table2 size={18} aria-hidden="true" className="flex-none text-muted" />
        <span className="min-w-0 flex-1">
          <span dir="auto" className="block truncate font-medium">
            {dataset.name}
          </span>
          <span className="block truncate text-sm text-muted">
            {rowsInWords(dataset.row_count)} ·{' '}
            {dataset.columns.length === 1 ? '1 column' : `${dataset.columns.length} columns`} ·
            changed <Time at={dataset.updated_at} now={now} />
          </span>
        </span>
        <ChevronRight size={16} aria-hidden="true" className="flex-none text-muted" />
      </button>
    </li>
  );
}

const STATES: Record<DatasetImport['state'], string> = {
  reading: 'Being read',
  review: 'Ready to look through',
  storing: 'Being stored',
  ready: 'Waits for your answer',
  done: 'Done',
  failed: 'Could not be read',
};

function Waiting({ one, onOpen }: { one: DatasetImport; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        className="flex min-h-11 w-full items-center gap-3 rounded-control bg-sunken px-3 py-2 text-left hover:bg-hover"
        onClick={onOpen}
      >
        <FileClock size={16} aria-hidden="true" className="flex-none text-muted" />
        <span dir="auto" className="min-w-0 flex-1 truncate">
          {one.file_name || one.name}
        </span>
        <span className="flex-none text-sm text-muted">{STATES[one.state]}</span>
      </button>
    </li>
  );
}

type AddProps = { organization: string; onMade: (dataset: string) => void };

function AddDataset({ organization, onMade }: AddProps) {
  const draft = useTextDraft<'name'>(`add-dataset:${organization}`);
  const create = useCreateDataset(organization);
  const add = async (name: string) => {
    const columns = [{ name: 'Name' }];
    const made = await create.mutateAsync({ name, columns });
    draft.discard();
    onMade(made.id);
  };
  return (
    <LineForm
      label="New empty dataset"
      path="name"
      placeholder="Inventory"
      autoComplete="off"
      maxLength={120}
      value={draft.texts.name ?? ''}
      onText={(name) => draft.set({ name })}
      sent={create}
      action="Add"
      onSubmit={(name) => void add(name).catch(() => {})}
    />
  );
}

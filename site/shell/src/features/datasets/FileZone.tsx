/** Takes a file of rows: by the file chooser, or by dropping it here. */
import { asProblem } from '@prox/api-client';
import { FileUp } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { wordsFor } from '@/shared/api/words';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { MAX_FILE, useBeginImport } from './data';

type Props = {
  /** Where the rows go; null: into a new dataset. */
  dataset: string | null;
  /** Is given the id of the import. */
  onBegun: (id: string) => void;
};

const TOO_LARGE = 'This file is larger than 10 MB. Split it, and import the parts.';

export function FileZone({ dataset, onBegun }: Props) {
  const id = useId();
  const { organization } = usePlace();
  const begin = useBeginImport(organization.id);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (file: File | undefined) => {
    if (!file || begin.isPending) return;
    setProblem(null);
    if (file.size > MAX_FILE) return setProblem(TOO_LARGE);
    announce('Uploading');
    try {
      onBegun((await begin.mutateAsync({ file, dataset })).id);
    } catch (error) {
      setProblem(wordsFor(asProblem(error)));
    }
  };
  const isFile = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');
  return (
    <div>
      <label
        htmlFor={id}
        data-over={over ? '' : undefined}
        className="relative flex min-h-16 items-center gap-3 rounded-control border border-dashed border-line-strong px-4 py-3 hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent data-over:border-accent data-over:bg-accent-soft"
        onDragEnter={(event) => isFile(event) && setOver(true)}
        onDragOver={(event) => {
          if (!isFile(event)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        }}
        onDragLeave={(event) => {
          const to = event.relatedTarget;
          if (!(to instanceof Node && event.currentTarget.contains(to))) setOver(false);
        }}
        onDrop={(event) => {
          setOver(false);
          if (!isFile(event)) return;
          event.preventDefault();
          void take(event.dataTransfer.files[0]);
        }}
      >
        <FileUp size={20} aria-hidden="true" className="flex-none text-muted" />
        <span>
          <span className="block font-medium">
            {begin.isPending ? 'Uploading' : dataset ? 'Import into this dataset' : 'Import a file'}
          </span>
          <span className="block text-sm text-muted">
            CSV or JSON, up to 10 MB
            <span className="pointer-coarse:hidden">. Choose it, or drop it here</span>
          </span>
        </span>
        <input
          id={id}
          type="file"
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json"
          className="sr-only"
          aria-describedby={problem ? `${id}-problem` : undefined}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            // The same file can be chosen again.
            event.target.value = '';
            void take(file);
          }}
        />
      </label>
      {problem && (
        <p id={`${id}-problem`} role="alert" className="mt-1.5 text-sm text-danger">
          {problem}
        </p>
      )}
    </div>
  );
}

/** Takes a file of rows: by the file chooser, or by dropping it here. */
import { asProblem } from '@prox/api-client';
import { FileUp } from 'lucide-react';
import { wordsFor } from '@/shared/api/words';
import { usePlace } from '@/shared/lib/place';
import { DropZone } from '@/shared/ui/DropZone';
import { FileTooLarge, useBeginImport } from './data';

type Props = {
  /** Where the rows go; null: into a new dataset. */
  dataset: string | null;
  /** Is given the id of the import. */
  onBegun: (id: string) => void;
};

export function FileZone({ dataset, onBegun }: Props) {
  const { organization } = usePlace();
  const begin = useBeginImport(organization.id);
  return (
    <DropZone
      icon={FileUp}
      accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json"
      wordsFor={(error) =>
        error instanceof FileTooLarge ? error.message : wordsFor(asProblem(error))
      }
      onFile={async (file) => onBegun((await begin.mutateAsync({ file, dataset })).id)}
    >
      <span className="block font-medium text-text">
        {dataset ? 'Import into this dataset' : 'Import a file'}
      </span>
      <span className="block text-sm">
        CSV or JSON, up to 10 MB
        <span className="pointer-coarse:hidden">. Choose it, or drop it here</span>
      </span>
    </DropZone>
  );
}

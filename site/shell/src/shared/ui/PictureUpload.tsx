/** Chooses a picture of the person's own: by its file, or by dropping one here. */
import { asProblem } from '@prox/api-client';
import { ImageUp } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { wordsFor } from '@/shared/api/words';
import { uploadPicture } from '@/shared/data/pictures';
import { usePlace } from '@/shared/lib/place';
import { NoPicture } from '@/shared/lib/shrink';
import { announce } from './announce';

type Props = {
  label: string;
  /** Px of the longer side of what is kept. */
  side: number;
  /** Is given `picture:HASH`. */
  onUploaded: (stored: string) => void;
};

export function PictureUpload({ label, side, onUploaded }: Props) {
  const id = useId();
  const { organization } = usePlace();
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const upload = async (file: File | undefined) => {
    if (!file || busy) return;
    setBusy(true);
    setProblem(null);
    announce('Uploading');
    try {
      onUploaded(await uploadPicture(organization.id, file, side));
      announce('Uploaded');
    } catch (error) {
      setProblem(error instanceof NoPicture ? error.message : wordsFor(asProblem(error)));
    } finally {
      setBusy(false);
    }
  };
  const isFile = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');
  return (
    <div>
      <label
        htmlFor={id}
        data-over={over ? '' : undefined}
        className="relative flex min-h-14 items-center gap-3 rounded-control border border-dashed border-line-strong px-4 py-2 text-muted hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent data-over:border-accent data-over:bg-accent-soft"
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
          void upload(event.dataTransfer.files[0]);
        }}
      >
        <ImageUp size={18} aria-hidden="true" className="flex-none" />
        <span>
          {busy ? (
            'Uploading'
          ) : (
            <>
              {label}: choose a file
              <span className="pointer-coarse:hidden">, or drop one here</span>
            </>
          )}
        </span>
        <input
          id={id}
          type="file"
          accept="image/*"
          className="sr-only"
          aria-describedby={problem ? `${id}-problem` : undefined}
          aria-disabled={busy}
          onChange={({ target }) => {
            void upload(target.files?.[0]);
            // The same file can be chosen again.
            target.value = '';
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

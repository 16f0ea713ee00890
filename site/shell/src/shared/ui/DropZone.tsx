/** Asks for a file: by the file chooser, or by dropping one here. One at a time. */
import type { LucideIcon } from 'lucide-react';
import { type DragEvent, type ReactNode, useId, useState } from 'react';
import { announce } from './announce';

type Props = {
  icon: LucideIcon;
  /** What the chooser offers first. */
  accept: string;
  /** The words of a failure. */
  wordsFor: (error: unknown) => string;
  /** Takes the file. While it runs, no other is taken. */
  onFile: (file: File) => Promise<void>;
  children: ReactNode;
};

const isFile = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');

export function DropZone({ icon: Icon, accept, wordsFor, onFile, children }: Props) {
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const take = async (file: File | undefined) => {
    if (!file || busy) return;
    setBusy(true);
    setProblem(null);
    announce('Uploading');
    try {
      await onFile(file);
      announce('Uploaded');
    } catch (error) {
      setProblem(wordsFor(error));
    } finally {
      setBusy(false);
    }
  };
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
          void take(event.dataTransfer.files[0]);
        }}
      >
        <Icon size={18} aria-hidden="true" className="flex-none" />
        <span>{busy ? 'Uploading' : children}</span>
        <input
          id={id}
          type="file"
          accept={accept}
          className="sr-only"
          aria-describedby={problem ? `${id}-problem` : undefined}
          aria-disabled={busy}
          onChange={({ target }) => {
            void take(target.files?.[0]);
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

/** A button that asks for an exported file. */
import { Upload } from 'lucide-react';
import { useRef } from 'react';

type Props = {
  label: string;
  /** The name of the field for the file. */
  field: string;
  primary?: boolean;
  busy?: boolean;
  onFile: (file: File) => void;
};

export function FileButton({ label, field, primary = false, busy = false, onFile }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={`button ${primary ? 'button-primary' : 'button-quiet'}`}
        aria-busy={busy}
        onClick={() => input.current?.click()}
      >
        <Upload size={16} aria-hidden="true" /> {label}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json"
        aria-label={field}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // The same file can be chosen again.
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
    </>
  );
}

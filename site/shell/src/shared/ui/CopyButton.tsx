/** A button that copies a text and then shows that it did. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { announce } from './announce';
import { toast } from './toasts';

type Props = { text: string; what: string; labelled?: boolean };

export function CopyButton({ text, what, labelled = false }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`${what} copied`);
    } catch {
      toast('error', 'The browser did not allow copying. Select the text and copy it by hand.');
    }
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      className={`button ${labelled ? 'button-secondary' : 'button-quiet button-icon text-muted'}`}
      aria-label={labelled ? undefined : `Copy ${what.toLowerCase()}`}
      onClick={copy}
    >
      <Icon size={16} aria-hidden="true" className={copied ? 'text-ok' : ''} />
      {labelled && (copied ? 'Copied' : `Copy ${what.toLowerCase()}`)}
    </button>
  );
}

/** A web address, whole on any width, with what can be done with it. */
import { ExternalLink } from 'lucide-react';
import { CopyButton } from './CopyButton';

/** `live`: whether it answers, so that it can be opened. */
export function AddressLine({ address, live }: { address: string; live: boolean }) {
  return (
    <div className="flex flex-wrap items-center gap-x-1 rounded-card bg-sunken py-1.5 pr-1.5 pl-4">
      <span
        className={`min-w-0 flex-1 basis-60 py-1 font-mono text-sm select-all [overflow-wrap:anywhere] ${live ? '' : 'text-muted'}`}
      >
        {address}
      </span>
      <span className="ml-auto flex flex-none items-center gap-1">
        {live && (
          <a
            className="button button-quiet button-icon text-muted"
            href={address}
            target="_blank"
            rel="noopener"
            aria-label="Open the page in a new tab"
          >
            <ExternalLink size={16} aria-hidden="true" />
          </a>
        )}
        <CopyButton text={address} what="Address" labelled />
      </span>
    </div>
  );
}

/** A web address that does not answer yet, whole on any width. */
import { CopyButton } from './CopyButton';

export function AddressLine({ address }: { address: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-1 rounded-card bg-sunken py-1.5 pr-1.5 pl-4">
      <span className="min-w-0 flex-1 basis-60 py-1 font-mono text-sm text-muted select-all [overflow-wrap:anywhere]">
        {address}
      </span>
      <span className="ml-auto flex-none">
        <CopyButton text={address} what="Address" labelled />
      </span>
    </div>
  );
}

/** Whether changes of others arrive here as they happen. Only a dot while they do. */
import { useDebounced } from '@/shared/lib/hooks';
import { useNetwork } from '@/shared/lib/online';
import { useConnection } from '@/shared/realtime/store';

const STATES = {
  live: ['Live', 'Changes arrive as they happen.', 'bg-ok'],
  connecting: ['Connecting', 'Reaching the server. Changes of others may be late.', 'bg-warn'],
  offline: ['Offline', 'What you see may be out of date. Trying again.', 'bg-danger'],
  ended: ['Ended', 'This tab no longer receives changes. Reload to continue.', 'bg-danger'],
} as const;

/** `quiet`: not even a dot while they do. */
export function ConnectionStatus({ quiet = false }: { quiet?: boolean }) {
  const state = useConnection((connection) => connection.state);
  const { online } = useNetwork();
  // A short interruption is not worth a word.
  const shown = useDebounced(online || state === 'ended' ? state : 'offline', 800);
  const [label, detail, colour] = STATES[shown];
  return (
    <p
      role="status"
      title={`${label}. ${detail}`}
      className={`${quiet ? 'absolute right-2 -top-1' : 'relative grid h-11 w-9 flex-none place-items-center'} text-xs text-muted`}
    >
      {!quiet && <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />}
      {/* Beside the dock and not in it: the dock keeps its width when the word comes and goes. */}
      <span
        className={
          shown === 'live'
            ? 'sr-only'
            : 'absolute right-0 bottom-[calc(100%+12px)] rounded-control bg-raised px-2.5 py-1 whitespace-nowrap text-text shadow-card'
        }
      >
        {label}
      </span>
    </p>
  );
}

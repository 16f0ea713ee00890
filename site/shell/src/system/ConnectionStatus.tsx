/** Whether changes of others arrive here as they happen. Quiet while they do. */
import { useDebounced, useOnline } from '@/shared/lib/hooks';
import { useConnection } from '@/shared/realtime/store';

const WORDS = {
  live: ['Live', 'Changes arrive as they happen.', 'bg-ok'],
  connecting: ['Connecting', 'Reaching the server. Changes of others may be late.', 'bg-warn'],
  offline: ['Offline', 'What you see may be out of date. Trying again.', 'bg-danger'],
  ended: ['Ended', 'This tab no longer hears of changes. Reload to go on.', 'bg-danger'],
} as const;

export function ConnectionStatus() {
  const state = useConnection((connection) => connection.state);
  const online = useOnline();
  // A blink of the network is not worth a word.
  const shown = useDebounced(online || state === 'ended' ? state : 'offline', 800);
  const [label, detail, colour] = WORDS[shown];
  return (
    <p
      role="status"
      title={`${label}. ${detail}`}
      className="flex h-11 flex-none items-center gap-2 pr-3 pl-2 text-xs text-muted"
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
      <span className={shown === 'live' ? 'sr-only' : ''}>{label}</span>
    </p>
  );
}

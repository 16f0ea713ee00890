/** How an installation at Slack ended, which the API says in the address that it sends back to. */
import type { Tone } from '@/shared/ui/toasts';

const OUTCOMES: Record<string, readonly [Tone, string]> = {
  connected: ['success', 'Slack is connected. Its messages arrive as events.'],
  declined: ['info', 'Slack was not connected.'],
  expired: ['warning', 'That took too long. Connect Slack once more.'],
  taken: ['error', 'That Slack workspace is connected elsewhere. Disconnect it there first.'],
};

const FAILED = ['error', 'Slack could not be connected. Try again.'] as const;

/** What to say about `?slack=` in an address; null when it says nothing. */
export function slackOutcome(search: string): readonly [Tone, string] | null {
  const outcome = new URLSearchParams(search).get('slack');
  return outcome === null ? null : (OUTCOMES[outcome] ?? FAILED);
}

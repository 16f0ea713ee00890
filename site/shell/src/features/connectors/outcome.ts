/** The outcome of a Slack installation, from the address that the API redirects to. */
import type { Tone } from '@/shared/ui/toasts';

const OUTCOMES: Record<string, readonly [Tone, string]> = {
  connected: ['success', 'Slack is connected. Its messages arrive as events.'],
  declined: ['info', 'Slack was not connected.'],
  unavailable: ['warning', 'Slack is not set up on this deployment. Ask the person who runs it.'],
  expired: ['warning', 'That took too long. Connect Slack again.'],
  taken: ['error', 'That Slack workspace is connected elsewhere. Disconnect it there first.'],
};

const FAILED = ['error', 'Slack could not be connected. Try again.'] as const;

/** The message for `?slack=` in an address; null without one. */
export function slackOutcome(search: string): readonly [Tone, string] | null {
  const outcome = new URLSearchParams(search).get('slack');
  return outcome === null ? null : (OUTCOMES[outcome] ?? FAILED);
}

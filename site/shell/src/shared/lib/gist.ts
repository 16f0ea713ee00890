/** What an event is about, in one line. */
import type { Event } from '@prox/api-client';

const SOURCES: Record<string, string> = { api: 'the API', slack: 'Slack' };

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null ? (value as Fields) : null;

/** The most telling text of a payload. */
export function gistOf(payload: unknown): string | undefined {
  const fields = fieldsOf(payload) ?? {};
  const inner = fieldsOf(fields.event) ?? fields;
  return [inner.text, inner.message, inner.title, inner.name, inner.command].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
}

/** The most telling text of the payload, or where the event comes from. */
export const eventGist = ({ payload, source }: { payload: unknown; source: Event['source'] }) =>
  gistOf(payload) ?? `From ${SOURCES[source] ?? source}`;

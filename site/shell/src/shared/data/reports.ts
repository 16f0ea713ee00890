/** Notifications that this device adds for its person: what only a browser can notice. */
import { data, type ReportNotification } from '@prox/api-client';
import { api } from '@/shared/api/client';

/** Nobody waits for it: when it fails, the next device or the next day may report the same. */
const report = (body: ReportNotification) =>
  void data(api.POST('/api/me/notifications', { body })).catch(() => {});

/** Items that were reported, with the day; the server keeps one a day, too. */
const reported = new Set<string>();

/** An item that its window could not show. */
export function reportFrame(item: string, failure: 'blocked' | 'unreachable'): void {
  const key = `${item} ${new Date().toISOString().slice(0, 10)}`;
  if (reported.has(key)) return;
  reported.add(key);
  report({ type: 'frame_failed', item, failure });
}

/** The API answers again after this many milliseconds. */
export function reportOutage(lasted: number): void {
  const seconds = Math.min(604_800, Math.round(lasted / 1_000));
  report({ type: 'api_unavailable', seconds });
}

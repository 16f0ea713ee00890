/** Frames of the organization websocket, validated against a schema. */
import * as v from 'valibot';

const seq = v.pipe(v.number(), v.integer(), v.minValue(0));

const message = v.variant('type', [
  v.object({ type: v.literal('CONNECTED'), userId: v.string(), seq, epoch: v.string() }),
  v.object({
    type: v.literal('INVALIDATE'),
    seq,
    invalidateInfo: v.variant('type', [
      v.object({ type: v.literal('ALL') }),
      v.object({ type: v.literal('QUERY_KEY'), queryKeys: v.array(v.array(v.string())) }),
    ]),
  }),
  v.object({
    type: v.literal('NOTIFICATION'),
    notificationType: v.picklist(['success', 'error', 'info', 'warning']),
    message: v.string(),
  }),
  v.object({ type: v.literal('CUSTOM'), payload: v.unknown() }),
  v.object({ type: v.literal('ERROR'), message: v.string() }),
]);

export type Message = v.InferOutput<typeof message>;

/** The frame, or null when it is not one that this client knows. */
export function readMessage(text: unknown): Message | null {
  if (typeof text !== 'string') return null;
  try {
    const parsed = v.safeParse(message, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/**
 * Links that people follow in embedded pages. A page that includes `/guest-link.js` posts a message
 * for each; this side checks who sent it, and opens a menu in place of the page's own navigation.
 */
import * as v from 'valibot';
import { webUrl } from '@/shared/lib/url';

const schema = v.object({
  type: v.literal('prox-os:guest-link'),
  href: v.pipe(v.string(), v.maxLength(2048)),
  /** Px in the viewport of the embedded page. */
  x: v.pipe(v.number(), v.finite()),
  y: v.pipe(v.number(), v.finite()),
});

export type GuestLink = { url: URL; x: number; y: number };

/** The link that a message names; null when it is another message, or not one of the web. */
export function guestLinkOf(data: unknown): GuestLink | null {
  const found = v.safeParse(schema, data);
  if (!found.success) return null;
  const { href, x, y } = found.output;
  const url = webUrl(href);
  return url && { url, x, y };
}

/**
 * Whether a message comes from the page that the frame was opened for. A page that navigated to
 * another origin is a stranger, and one without an origin cannot be told from others.
 */
export const isFrom = (
  { source, origin }: Pick<MessageEvent, 'source' | 'origin'>,
  frame: { element: { contentWindow: unknown }; origin: string },
): boolean =>
  source !== null &&
  source === frame.element.contentWindow &&
  origin !== 'null' &&
  origin === frame.origin;

/** Where the menu opens: at the link, but never outside of the frame. */
export function placeIn(
  frame: { left: number; top: number; width: number; height: number },
  { x, y }: Pick<GuestLink, 'x' | 'y'>,
): { x: number; y: number } {
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  return { x: frame.left + within(x, frame.width), y: frame.top + within(y, frame.height) };
}

/** What a frame of another site shows in place of, above or under the page in it. Pure. */
import type { Preflight } from '@prox/api-client';

/** How far the page in the frame is, as far as a browser says. */
export type FramePhase = 'starting' | 'loading' | 'late' | 'loaded';

export type FrameState =
  /** The site does not allow to be framed: a card with its reasons, never a white page. */
  | { kind: 'blocked'; reasons: readonly string[] }
  /** Nothing can load before the network is back. */
  | { kind: 'offline' }
  | { kind: 'page'; cover: 'none' | 'skeleton' | 'blank'; strip: FrameStrip | null };

/** One line above the page. */
export type FrameStrip = 'late' | 'sign-in';

const SIGN_IN = /(^|[/.])(log-?in|sign-?in|signin|sso|oauth2?|auth)([/.?-]|$)/i;

/** Whether the page that was requested led to one where people sign in. */
export function leadsToSignIn({ url, final_url }: Pick<Preflight, 'url' | 'final_url'>): boolean {
  if (!URL.canParse(url) || !URL.canParse(final_url)) return false;
  const [asked, found] = [new URL(url), new URL(final_url)];
  const place = ({ host, pathname }: URL) => host + pathname;
  return !SIGN_IN.test(place(asked)) && SIGN_IN.test(place(found));
}

type Known = { phase: FramePhase; online: boolean; verdict: Preflight | undefined };

export function frameState({ phase, online, verdict }: Known): FrameState {
  if (verdict && !verdict.embeddable) return { kind: 'blocked', reasons: verdict.reasons };
  if (!online && phase !== 'loaded') return { kind: 'offline' };
  const cover = phase === 'loaded' ? 'none' : phase === 'starting' ? 'blank' : 'skeleton';
  return { kind: 'page', cover, strip: stripOf(phase, verdict) };
}

/** How a page fails that is not shown; the server could not read what did not answer. */
export const failureOf = ({ status }: Pick<Preflight, 'status'>): 'blocked' | 'unreachable' =>
  status === null || status === undefined || status >= 500 ? 'unreachable' : 'blocked';

function stripOf(phase: FramePhase, verdict: Preflight | undefined): FrameStrip | null {
  if (phase === 'late') return 'late';
  return verdict && leadsToSignIn(verdict) ? 'sign-in' : null;
}

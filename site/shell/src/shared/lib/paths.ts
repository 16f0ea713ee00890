/** The shell's own addresses, and the public ones. */
import type { Organization, Space } from '@prox/api-client';

const HOME = 'home';

export const spacePath = (organization: string, space: string = HOME) =>
  `/o/${organization}/${space}`;

export const welcomePath = (organization: string, step?: string) =>
  step ? `/welcome/${organization}/${step}` : `/welcome/${organization}`;

/** `/@ada`, `/@ada/work`. */
export const publicPath = (organization: Pick<Organization, 'slug'>, space: Pick<Space, 'slug'>) =>
  space.slug === HOME ? `/@${organization.slug}` : `/@${organization.slug}/${space.slug}`;

const SIGN_IN_REASONS = ['ended', 'needed', 'locked'] as const;

/** Why somebody is asked to sign in: their session ended or was locked, or the address needs one. */
export type SignInReason = (typeof SIGN_IN_REASONS)[number];

export function signInPath(from: string, reason?: SignInReason): string {
  const search = new URLSearchParams();
  if (reason) search.set('reason', reason);
  if (from !== '/' && !from.startsWith('/sign-in')) search.set('return_to', from);
  const text = search.toString();
  return text === '' ? '/sign-in' : `/sign-in?${text}`;
}

/** What an address of the sign-in page gives as the reason. */
export function signInReason(search: string): SignInReason | null {
  const reason = new URLSearchParams(search).get('reason');
  return SIGN_IN_REASONS.find((known) => known === reason) ?? null;
}

/** The path when it is one of this site to go back to; anything else becomes `/`. */
export function insidePath(wanted: string | null): string {
  if (!wanted?.startsWith('/') || wanted.startsWith('//') || wanted.includes('\\')) return '/';
  return wanted.startsWith('/sign-in') ? '/' : wanted;
}

/** Where an address of the sign-in page says to go back to. */
export const returnPath = (search: string): string =>
  insidePath(new URLSearchParams(search).get('return_to'));

/** The shell's own addresses, and the public ones. */
import type { Organization, Space } from '@/shared/api/types';

const HOME = 'home';

export const spacePath = (organization: string, space: string = HOME) =>
  `/o/${organization}/${space}`;

export const welcomePath = (organization: string) => `/welcome/${organization}`;

/** `/@ada`, `/@ada/work`. */
export const publicPath = (organization: Pick<Organization, 'slug'>, space: Pick<Space, 'slug'>) =>
  space.slug === HOME ? `/@${organization.slug}` : `/@${organization.slug}/${space.slug}`;

export const signInPath = (from: string) =>
  from === '/' || from.startsWith('/sign-in')
    ? '/sign-in'
    : `/sign-in?return_to=${encodeURIComponent(from)}`;

/** The path when it is one of this site to go back to; anything else becomes `/`. */
export function insidePath(wanted: string | null): string {
  if (!wanted?.startsWith('/') || wanted.startsWith('//') || wanted.includes('\\')) return '/';
  return wanted.startsWith('/sign-in') ? '/' : wanted;
}

/** Where an address of the sign-in page says to go back to. */
export const returnPath = (search: string): string =>
  insidePath(new URLSearchParams(search).get('return_to'));

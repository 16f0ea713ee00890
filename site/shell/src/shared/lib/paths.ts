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

/** A path of this site to go back to; anything else becomes `/`. */
export function returnPath(search: string): string {
  const wanted = new URLSearchParams(search).get('return_to') ?? '/';
  const inside = wanted.startsWith('/') && !wanted.startsWith('//') && !wanted.includes('\\');
  return inside && !wanted.startsWith('/sign-in') ? wanted : '/';
}
